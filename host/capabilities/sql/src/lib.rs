//! Lyceum's sql capability: a service's own relational database, with an outbox.
//!
//! A service commits rows, events and the memory of an answered request in one call. What this crate
//! guarantees on every backend:
//! - a transaction happens wholly or not at all, serialisably, and at most once per `once` key;
//! - a committed event is published at least once, with its id, in commit order per aggregate;
//! - every call ends by its deadline with an error that says whether the commit may have happened.
//!
//! Start with [`Database`], what a service sees, and [`Backend`], what its host sees. [`open`] opens a
//! [`SqliteDatabase`] or a [`PostgresDatabase`]; its relay takes the events from the outbox to the bus.

#![forbid(unsafe_code)]

pub mod backup;
mod error;
mod event;
mod guard;
mod migration;
mod model;
mod name;
mod once;
mod options;
mod postgres;
mod publishes;
pub mod rebuild;
mod sqlite;
mod statistics;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::Publisher;
pub use lyceum_events::{Counter, RelayHandle, RelayStatistics};

pub use error::Error;
pub use event::NewEvent;
pub use migration::MigrationError;
pub use model::{Context, Event, Migration, Once, Outcome, Remembered, Rows, Statement, Transaction, Value};
pub use options::{Clock, Dialect, Limits, Options};
pub use postgres::{PostgresDatabase, Servers};
pub use publishes::Publishes;
pub use sqlite::SqliteDatabase;
pub use statistics::Statistics;

/// One service's database.
///
/// Every call ends by its deadline: with `timeout` or, where the commit had begun, with `outcome-unknown`.
#[async_trait]
pub trait Database: Send + Sync + 'static {
    /// Runs read-only statements on one snapshot.
    async fn query(&self, statements: Vec<Statement>, deadline: Instant) -> Result<Vec<Rows>, Error>;

    /// Runs all of it, or none.
    async fn transact(&self, transaction: Transaction, deadline: Instant) -> Result<Outcome, Error>;

    /// What was answered for this key, if it was used.
    async fn recall(
        &self,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error>;
}

/// A [`Database`] as its host sees it.
#[async_trait]
pub trait Backend: Database {
    /// Applies what is new of `migrations` and returns those ids, oldest first.
    ///
    /// Safe while other hosts do the same. Each migration commits by itself, so after an error those
    /// before it stay applied. It also makes the tables that the other calls rely on, so it has to run
    /// once even for a service without migrations.
    async fn migrate(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError>;

    /// The ids that [`Backend::migrate`] would apply, oldest first; changes nothing.
    ///
    /// A host refuses to serve a component while there are any.
    async fn pending(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError>;

    /// Starts to publish this database's events.
    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle;

    /// What happened since it was opened.
    fn statistics(&self) -> &Statistics;
}

/// Opens the database that `url` names, for `service`.
///
/// `postgres://` or `postgresql://` is a PostgreSQL server; `sqlite:PATH`, or a path by itself, is a
/// SQLite file, made if it is missing.
///
/// # Errors
/// [`Error::Unavailable`] if the file can't be opened. [`Error::Invalid`] if the URL is not understood. A
/// server is first asked by the first call, and so may be away for now.
pub fn open(url: &str, service: &str, options: Options) -> Result<Arc<dyn Backend>, Error> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(PostgresDatabase::connect(url, service, options)?);
    }
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    Ok(SqliteDatabase::open(Path::new(path), service, options)?)
}
