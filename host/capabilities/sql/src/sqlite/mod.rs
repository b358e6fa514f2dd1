//! The SQLite backend: one file a service.
//!
//! One thread writes. It takes all transactions that wait, runs each in a savepoint of one storage
//! transaction and answers them all after one commit with one sync of the disk. Short reads are done where they
//! are asked for, long ones by other threads; each query sees one snapshot. WAL with `synchronous=FULL`: what was answered survives a loss of power.

mod at_once;
pub(crate) mod backup;
mod error;
pub(crate) mod generation;
mod link;
mod migrate;
mod outbox;
mod readers;
pub(crate) mod restore;
mod schema;
mod statement;
mod thread;
mod ticket;
mod transact;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::Publisher;
use tokio::sync::Notify;

use crate::guard::{Budget, Guard};
use crate::{
    Backend, Database, Error, Migration, MigrationError, Options, Outcome, RelayHandle, Remembered, Rows,
    Statement, Statistics, Transaction,
};
use at_once::AtOnce;
use link::{Link, Role};
use outbox::SqliteOutbox;
use readers::Readers;
use writer::{Submit, Work};

/// A service's database in a SQLite file.
#[derive(Debug)]
pub struct SqliteDatabase {
    shared: Arc<Shared>,
    writer: Submit,
    at_once: AtOnce,
    readers: Readers,
}

/// What the threads and the relay share.
#[derive(Debug)]
struct Shared {
    path: PathBuf,
    service: String,
    options: Options,
    guard: Guard,
    statistics: Statistics,
    /// Told after a commit with events.
    committed: Notify,
}

impl SqliteDatabase {
    /// Opens the file at `path`, making it if it is missing, and starts its threads. They end when the
    /// database and its relay are dropped.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the file can't be opened or is locked.
    pub fn open(path: &Path, service: &str, options: Options) -> Result<Arc<Self>, Error> {
        let guard = Guard::new(options.limits, options.dialect, options.publishes.clone());
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            service: service.to_owned(),
            options,
            guard,
            statistics: Statistics::default(),
            committed: Notify::new(),
        });
        let link = Link::open(&shared, Role::Creator)?;
        schema::create(&link.connection)?;
        let writer = writer::start(Arc::clone(&shared), link)?;
        let readers = Readers::new(&shared);
        let at_once = AtOnce::new(Arc::clone(&shared));
        Ok(Arc::new(Self { shared, writer, at_once, readers }))
    }
}

#[async_trait]
impl Database for SqliteDatabase {
    async fn query(&self, statements: Vec<Statement>, deadline: Instant) -> Result<Vec<Rows>, Error> {
        self.shared.guard.check(&statements, false)?;
        let limits = self.shared.options.limits;
        let run = move |link: &Link, statements: &[Statement]| {
            link.snapshot(statements.len() > 1, |connection| {
                statement::run_all(connection, statements, &Budget::new(limits))
            })
        };
        let name = statements.first().map_or("", |statement| statement.text.as_str());
        if let Some(result) = self.at_once.run(name, deadline, |link| run(link, &statements)) {
            return result;
        }
        self.readers.run(deadline, move |link| run(link, &statements)).await
    }

    async fn transact(&self, transaction: Transaction, deadline: Instant) -> Result<Outcome, Error> {
        let prepared = self.shared.guard.prepare(transaction)?;
        self.writer.submit(Work::Transact(Box::new(prepared)), deadline).await
    }

    async fn recall(
        &self,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error> {
        let now = self.shared.options.clock.micros();
        let find =
            move |link: &Link, scope: &str, key: &str| transact::find(&link.connection, scope, key, now);
        let found = if let Some(found) = self.at_once.run("recall", deadline, |link| find(link, scope, key)) {
            found?
        } else {
            let (scope, key) = (scope.to_owned(), key.to_owned());
            self.readers.run(deadline, move |link| find(link, &scope, &key)).await?
        };
        found.map(|found| found.open(fingerprint)).transpose()
    }
}

#[async_trait]
impl Backend for SqliteDatabase {
    async fn migrate(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
        let (shared, migrations) = (Arc::clone(&self.shared), migrations.to_vec());
        migrate::in_background(move || migrate::apply(&shared, &migrations)).await
    }

    async fn pending(&self, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
        let (shared, migrations) = (Arc::clone(&self.shared), migrations.to_vec());
        migrate::in_background(move || migrate::pending(&shared, &migrations)).await
    }

    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle {
        let outbox = SqliteOutbox::new(Arc::clone(&self.shared), self.writer.clone(), self.readers.clone());
        RelayHandle::spawn(outbox, publisher)
    }

    fn statistics(&self) -> &Statistics {
        &self.shared.statistics
    }
}
