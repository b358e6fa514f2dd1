//! A second schema beside a service's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::PostgresDatabase;
use super::claim::begin_rebuilding;
use super::session::{Session, connector, error};
use crate::name::quoted;
use crate::rebuild::{Column, Difference, RebuildError, Sides, Table};
use crate::{Backend as _, Database, Error, Migration, Options};

/// Those of this crate are nobody's read models.
const TABLES: &str = "SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relkind IN ('r', 'p') AND relname NOT LIKE 'lyceum\\_%' ORDER BY relname";
const COLUMNS: &str = "SELECT attname::text, COALESCE(attnum = ANY (indkey), false)
     FROM pg_attribute
     JOIN pg_class ON pg_class.oid = attrelid
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
     WHERE nspname = $1 AND relname = $2 AND relkind IN ('r', 'p')
         AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attnum";

pub(crate) struct PostgresGeneration {
    /// Holds the lock that others who rebuild look for, and the transaction on the live schema.
    session: Session,
    database: Arc<PostgresDatabase>,
    service: String,
    schema: String,
}

impl PostgresGeneration {
    pub(crate) async fn begin(
        url: &str,
        service: &str,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, RebuildError> {
        let (connector, _) = connector(url, service)?;
        let session = Session::patient(&connector).await?;
        if !session.has_schema(service).await? {
            return Err(Error::Unavailable(format!("the server has no schema {service}")).into());
        }
        if !begin_rebuilding(&session.client, service).await.map_err(error)? {
            return Err(RebuildError::InUse(service.to_owned()));
        }
        // No service is called so: ids have no underscore.
        let schema = format!("{service}_rebuild");
        session.run(&drop_schema(&schema)).await?;
        let database = PostgresDatabase::connect(url, &schema, options)?;
        database.migrate(migrations).await?;
        Ok(Self { session, database, service: service.to_owned(), schema })
    }

    pub(crate) fn database(&self) -> Arc<dyn Database> {
        Arc::clone(&self.database) as _
    }

    pub(crate) async fn filled(&self) -> Result<BTreeMap<String, u64>, Error> {
        let mut filled = BTreeMap::new();
        for row in self.session.client.query(TABLES, &[&self.schema]).await.map_err(error)? {
            let name: String = row.try_get(0).map_err(error)?;
            let table = format!("{}.{}", quoted(&self.schema), quoted(&name));
            let rows = self.count(&format!("SELECT count(*) FROM {table}")).await?;
            filled.insert(name, rows);
        }
        Ok(filled)
    }

    pub(crate) async fn columns(&self, table: &str) -> Result<Vec<Column>, Error> {
        let rows = self.session.client.query(COLUMNS, &[&self.schema, &table]).await.map_err(error)?;
        let column = |row: &tokio_postgres::Row| {
            Ok(Column { name: row.try_get(0).map_err(error)?, in_key: row.try_get(1).map_err(error)? })
        };
        rows.iter().map(column).collect()
    }

    pub(crate) async fn differences(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        self.session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let mut differences = Vec::with_capacity(tables.len());
        for table in tables {
            differences.push(Difference {
                table: table.name().to_owned(),
                rows: self.count(&table.count(self.sides())).await?,
                written: self.count(&table.count_to_write(self.sides())).await?,
                removed: self.count(&table.count_to_remove(self.sides())).await?,
            });
        }
        self.session.run("ROLLBACK").await?;
        Ok(differences)
    }

    /// Each statement afterwards sees what is committed when it begins.
    pub(crate) async fn hold(&mut self, tables: &[Table], patience: Duration) -> Result<(), Error> {
        let names: Vec<_> = tables.iter().map(|table| table.on(&self.service)).collect();
        // Who waits for a lock holds up those behind it.
        let hold = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {}; \
             LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
            patience.as_millis().max(1),
            names.join(", ")
        );
        let Err(refused) = self.session.client.batch_execute(&hold).await else { return Ok(()) };
        self.session.run("ROLLBACK").await?;
        let late = [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED];
        let is_late = refused.code().is_some_and(|code| late.contains(code));
        Err(if is_late { Error::Conflict } else { error(refused) })
    }

    pub(crate) async fn replace(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        let mut removed = Vec::with_capacity(tables.len());
        for table in tables.iter().rev() {
            removed.push(self.execute(&table.remove(self.sides())).await?);
        }
        let mut differences = Vec::with_capacity(tables.len());
        for (table, removed) in tables.iter().zip(removed.into_iter().rev()) {
            let written = self.execute(&table.write(self.sides())).await?;
            let rows = self.count(&table.count(self.sides())).await?;
            differences.push(Difference { table: table.name().to_owned(), rows, written, removed });
        }
        Ok(differences)
    }

    pub(crate) async fn commit(&mut self) -> Result<(), Error> {
        let committed = self.session.client.batch_execute("COMMIT").await;
        committed.map_err(
            |failed| if failed.as_db_error().is_some() { error(failed) } else { Error::OutcomeUnknown },
        )
    }

    pub(crate) async fn let_go(&mut self) -> Result<(), Error> {
        // Outside of a transaction this is a warning.
        self.session.run("ROLLBACK").await
    }

    pub(crate) async fn remove(self) -> Result<(), Error> {
        let Self { session, database, schema, .. } = self;
        drop(database);
        session.run("ROLLBACK").await?;
        session.run(&drop_schema(&schema)).await
    }

    fn sides(&self) -> Sides<'_> {
        Sides { live: &self.service, made: &self.schema }
    }

    async fn execute(&self, text: &str) -> Result<u64, Error> {
        self.session.client.execute(text, &[]).await.map_err(error)
    }

    async fn count(&self, text: &str) -> Result<u64, Error> {
        let row = self.session.client.query_one(text, &[]).await.map_err(error)?;
        let rows: i64 = row.try_get(0).map_err(error)?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }
}

fn drop_schema(schema: &str) -> String {
    format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema))
}
