//! Making read models anew beside the live ones, and putting them in their place at once.
//!
//! A [`Generation`] is a second database of a service: a file beside its file, or a schema beside its schema, with the same
//! migrations and no rows. Once it was filled, [`Generation::hold`] keeps everybody else from writing to the live tables,
//! [`Generation::replace`] gives them the rows of the generation, and [`Generation::commit`] makes that hold, all in one
//! transaction of the live database. Others read the old rows until then. What ends early changes nothing.

mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use table::Sides;
pub use table::Table;

use crate::postgres::generation::PostgresGeneration;
use crate::sqlite::generation::SqliteGeneration;
use crate::{Database, Error, Migration, MigrationError, Options};

/// Why there is no generation, or why its rows can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    /// Somebody else makes one of the same service.
    #[error("the read models of {0} are being rebuilt already")]
    InUse(String),
    /// The service's migrations make no table of this name.
    #[error("there is no table {0}")]
    NoTable(String),
    /// Which row of the one is which of the other is not known.
    #[error("the table {0} has no primary key")]
    NoKey(String),
    /// The tables can't be made.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A database refused something.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What one table has to become what the log makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows that the generation has.
    pub rows: u64,
    /// Those that the live table lacks, or has with other values.
    pub written: u64,
    /// Rows of the live table that the generation lacks.
    pub removed: u64,
}

/// A second database of a service. There is one at a time; what one left behind that was interrupted is removed by the next.
pub struct Generation(Generations);

enum Generations {
    Sqlite(Box<SqliteGeneration>),
    Postgres(Box<PostgresGeneration>),
}

impl Generation {
    /// One beside this file of `service`.
    ///
    /// # Errors
    /// [`RebuildError::InUse`]; [`Error::Unavailable`] if there is no such file; those of migrating.
    pub async fn sqlite(
        file: &Path,
        service: &str,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, RebuildError> {
        let generation = SqliteGeneration::begin(file, service, migrations, options).await?;
        Ok(Self(Generations::Sqlite(Box::new(generation))))
    }

    /// One beside the schema of `service` on the server that `url` names.
    ///
    /// # Errors
    /// [`RebuildError::InUse`]; [`Error::Unavailable`] if the server can't be reached or has no such schema; those of
    /// migrating.
    pub async fn postgres(
        url: &str,
        service: &str,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, RebuildError> {
        let generation = PostgresGeneration::begin(url, service, migrations, options).await?;
        Ok(Self(Generations::Postgres(Box::new(generation))))
    }

    /// What fills it.
    pub fn database(&self) -> Arc<dyn Database> {
        match &self.0 {
            Generations::Sqlite(generation) => generation.database(),
            Generations::Postgres(generation) => generation.database(),
        }
    }

    /// The number of rows in each table of the generation that its migrations made.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn filled(&self) -> Result<BTreeMap<String, u64>, Error> {
        match &self.0 {
            Generations::Sqlite(generation) => generation.filled(),
            Generations::Postgres(generation) => generation.filled().await,
        }
    }

    /// The table of this name.
    ///
    /// # Errors
    /// [`RebuildError::NoTable`], [`RebuildError::NoKey`].
    pub async fn table(&self, name: &str) -> Result<Table, RebuildError> {
        let columns = match &self.0 {
            Generations::Sqlite(generation) => generation.columns(name)?,
            Generations::Postgres(generation) => generation.columns(name).await?,
        };
        Table::new(name, columns)
    }

    /// How the live tables differ from those of the generation, as both are now.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if a database is gone.
    pub async fn differences(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        match &mut self.0 {
            Generations::Sqlite(generation) => generation.differences(tables),
            Generations::Postgres(generation) => generation.differences(tables).await,
        }
    }

    /// Makes everybody wait who would write to these live tables (on SQLite: to any of the service's), until
    /// [`Generation::commit`], [`Generation::let_go`] or the end of this value.
    ///
    /// # Errors
    /// [`Error::Conflict`] if others were at it for as long as `patience`.
    pub async fn hold(&mut self, tables: &[Table], patience: Duration) -> Result<(), Error> {
        fail::fail_point!("rebuild::before-hold");
        match &mut self.0 {
            Generations::Sqlite(generation) => generation.hold(patience),
            Generations::Postgres(generation) => generation.hold(tables, patience).await,
        }
    }

    /// Gives the live tables, which are held, the rows of the generation: what differs is written, what the generation
    /// lacks is removed. What is referred to stands before what refers to it.
    ///
    /// # Errors
    /// Those of a transaction; [`Error::Invalid`] if nothing is held.
    pub async fn replace(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        match &mut self.0 {
            Generations::Sqlite(generation) => generation.replace(tables),
            Generations::Postgres(generation) => generation.replace(tables).await,
        }
    }

    /// From now on everybody reads the rows of the generation.
    ///
    /// # Errors
    /// Those of a transaction. Nothing is changed then, unless it is [`Error::OutcomeUnknown`].
    pub async fn commit(&mut self) -> Result<(), Error> {
        fail::fail_point!("rebuild::before-commit");
        match &mut self.0 {
            Generations::Sqlite(generation) => generation.commit()?,
            Generations::Postgres(generation) => generation.commit().await?,
        }
        fail::fail_point!("rebuild::after-commit");
        Ok(())
    }

    /// Leaves the live tables as they were, and lets others write.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is gone.
    pub async fn let_go(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Generations::Sqlite(generation) => generation.let_go(),
            Generations::Postgres(generation) => generation.let_go().await,
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it can't be removed; the next one tries again.
    pub async fn remove(self) -> Result<(), Error> {
        match self.0 {
            Generations::Sqlite(generation) => generation.remove(),
            Generations::Postgres(generation) => generation.remove().await,
        }
    }
}

/// The tables that these migrations make, with their columns.
///
/// # Errors
/// [`MigrationError::Failed`] if one of them can't be applied.
pub fn tables(migrations: &[Migration]) -> Result<BTreeMap<String, Vec<Column>>, MigrationError> {
    crate::sqlite::generation::tables(migrations)
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Whether it is part of the primary key.
    pub in_key: bool,
}
