//! The PostgreSQL backend: one schema a service, so that services can share a server's database.
//!
//! Transactions run at SERIALIZABLE and are repeated when the server says so. Statements are prepared once
//! a connection and sent without waiting for each other's answers: a transaction takes two round trips.

mod address;
pub(crate) mod backup;
mod claim;
mod connection;
mod connector;
mod create;
mod dump;
mod error;
pub(crate) mod generation;
mod housekeeping;
mod migrate;
mod outbox;
mod pipeline;
mod pool;
mod query;
mod relay;
pub(crate) mod restore;
mod schema;
mod servers;
mod session;
mod statement;
mod statements;
mod tls;
mod transact;
mod value;

use std::sync::Arc;
use std::sync::atomic::AtomicU16;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::Publisher;
use tokio::sync::Notify;

use crate::guard::Guard;
use crate::{
    Backend, Database, Error, Migration, MigrationError, Options, Outcome, RelayHandle, Remembered, Rows,
    Statement, Statistics, Transaction,
};
use housekeeping::{Expiries, Housekeeping};
use outbox::PostgresOutbox;
use pool::Pool;
pub use servers::Servers;

/// A service's schema on a PostgreSQL server.
#[derive(Debug)]
pub struct PostgresDatabase {
    shared: Arc<Shared>,
    _housekeeping: Housekeeping,
}

/// What the calls, the relay and the housekeeping share.
#[derive(Debug)]
struct Shared {
    service: String,
    pool: Pool,
    options: Options,
    guard: Guard,
    statistics: Statistics,
    /// Told after a commit with events here, or on another host.
    committed: Notify,
    /// Told after a commit here with events that no relay here publishes.
    announce: Notify,
    /// The partitions that the relay here holds, one bit each.
    held: AtomicU16,
    /// When the next `once` key expires, as far as it is known here.
    expiries: Expiries,
}

impl PostgresDatabase {
    /// Prepares to use the server that `url` names, with one schema called like the service. Nothing is
    /// asked of the server yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the URL or the service's name can't be used. [`Error::Unavailable`] outside a
    /// tokio runtime.
    pub fn connect(url: &str, service: &str, options: Options) -> Result<Arc<Self>, Error> {
        let guard = Guard::new(options.limits, options.dialect, options.publishes.clone());
        let shared = Arc::new(Shared {
            service: service.to_owned(),
            pool: Pool::new(url, service, &options.servers)?,
            options,
            guard,
            statistics: Statistics::default(),
            committed: Notify::new(),
            announce: Notify::new(),
            held: AtomicU16::new(0),
            expiries: Expiries::default(),
        });
        let housekeeping = Housekeeping::start(Arc::clone(&shared))?;
        Ok(Arc::new(Self { shared, _housekeeping: housekeeping }))
    }
}

#[async_trait]
impl Database for PostgresDatabase {
    async fn query(&self, statements: Vec<Statement>, deadline: Instant) -> Result<Vec<Rows>, Error> {
        self.shared.guard.check(&statements, false)?;
        self.shared.query(&statements, deadline).await
    }

    async fn transact(&self, transaction: Transaction, deadline: Instant) -> Result<Outcome, Error> {
        let prepared = self.shared.guard.prepare(transaction)?;
        self.shared.transact(&prepared, deadline).await
    }

    async fn recall(
        &self,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error> {
        let found = self.shared.find(scope, key, deadline).await?;
        found.map(|found| found.open(fingerprint)).transpose()
    }
}

#[async_trait]
impl Backend for PostgresDatabase {
    async fn migrate(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
        self.shared.migrate(migrations).await
    }

    async fn pending(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
        self.shared.pending(migrations).await
    }

    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle {
        RelayHandle::spawn(PostgresOutbox::new(Arc::clone(&self.shared)), publisher)
    }

    fn statistics(&self) -> &Statistics {
        &self.shared.statistics
    }
}
