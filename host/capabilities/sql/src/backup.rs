//! Copying a service's database while it is in use, and putting a copy in its place.
//!
//! Copies of several databases agree with each other: [`Source::hold`] holds the writers of each for a moment, and
//! [`Source::take`] notes the state of each while all are held. What is slow, [`Source::write`], happens after they
//! were let go.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use crate::postgres::backup::PostgresSource;
use crate::postgres::restore::PostgresTarget;
use crate::sqlite::backup::SqliteSource;
use crate::sqlite::restore::SqliteTarget;
use crate::{Error, Options};

/// The type and the id of an aggregate.
pub type Aggregate = (String, String);

/// A database that is to be copied.
pub struct Source(Sources);

enum Sources {
    Sqlite(Box<SqliteSource>),
    Postgres(Box<PostgresSource>),
}

impl Source {
    /// The database in this file.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is no such file, or it can't be opened.
    pub fn sqlite(file: &Path) -> Result<Self, Error> {
        Ok(Self(Sources::Sqlite(Box::new(SqliteSource::open(file)?))))
    }

    /// The schema of `service` on the server that `url` names.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the server can't be reached, has no such schema, or `pg_dump` can't copy it.
    pub async fn postgres(url: &str, service: &str) -> Result<Self, Error> {
        Ok(Self(Sources::Postgres(Box::new(PostgresSource::open(url, service).await?))))
    }

    /// Makes everybody who commits events wait, until [`Source::let_go`] or the end of this value.
    ///
    /// # Errors
    /// [`Error::Conflict`] if others were at it for as long as `patience`.
    pub async fn hold(&mut self, patience: Duration) -> Result<(), Error> {
        match &mut self.0 {
            Sources::Sqlite(source) => source.hold(patience),
            Sources::Postgres(source) => source.hold(patience).await,
        }
    }

    /// Notes the state as it is now: this is what is copied.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn take(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Sources::Sqlite(source) => source.take(),
            Sources::Postgres(source) => source.take().await,
        }
    }

    /// Lets writers go on.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn let_go(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Sources::Sqlite(source) => source.let_go(),
            Sources::Postgres(source) => source.let_go().await,
        }
    }

    /// Copies the state that was taken into a new file. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if either can't be reached, [`Error::StorageFull`].
    pub fn write(&self, file: &Path) -> Result<(), Error> {
        match &self.0 {
            Sources::Sqlite(source) => source.write(file),
            Sources::Postgres(source) => source.write(file),
        }
    }

    /// The number of the last event of each of these aggregates, in the state that was taken; those without any are
    /// missing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn last_events(&self, aggregates: &[Aggregate]) -> Result<HashMap<Aggregate, u64>, Error> {
        match &self.0 {
            Sources::Sqlite(source) => source.last_events(aggregates),
            Sources::Postgres(source) => source.last_events(aggregates).await,
        }
    }

    /// The ids of the events that wait in the outbox, in the state that was taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn waiting(&self) -> Result<HashSet<String>, Error> {
        match &self.0 {
            Sources::Sqlite(source) => source.waiting(),
            Sources::Postgres(source) => source.waiting().await,
        }
    }
}

/// Where a copy is to be put.
pub struct Target(Targets);

enum Targets {
    Sqlite(SqliteTarget),
    Postgres(Box<PostgresTarget>),
}

impl Target {
    /// This file, which is made.
    pub fn sqlite(file: &Path) -> Self {
        Self(Targets::Sqlite(SqliteTarget::new(file)))
    }

    /// The schema of `service` on the server that `url` names. The database is made if it is missing and the options
    /// say so.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the server can't be reached, or `pg_restore` can't write to it.
    pub async fn postgres(url: &str, service: &str, options: &Options) -> Result<Self, Error> {
        Ok(Self(Targets::Postgres(Box::new(PostgresTarget::open(url, service, options).await?))))
    }

    /// What is there already, if anything is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if that can't be told.
    pub async fn occupied(&self) -> Result<Option<String>, Error> {
        match &self.0 {
            Targets::Sqlite(target) => Ok(target.occupied()),
            Targets::Postgres(target) => target.occupied().await,
        }
    }

    /// Puts the copy in its place, wholly or not at all. What expires does so later by `passed` microseconds, the copy's
    /// age: a key that makes an event's effect happen once does so still, however old the copy is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it can't be written.
    pub async fn restore(&self, file: &Path, passed: i64) -> Result<(), Error> {
        match &self.0 {
            Targets::Sqlite(target) => target.restore(file, passed),
            Targets::Postgres(target) => target.restore(file, passed).await,
        }
    }
}
