//! A database of either kind, asked by the kit's lists.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use lyceum_kit::sql::{Rows, SqlError, Statement, Value};
use lyceum_sql::{Backend, Limits, Migration, Options, Outcome, Transaction};
use tokio::runtime::Runtime;

/// A database, asked from a thread without a runtime of its own.
pub struct Store {
    runtime: Arc<Runtime>,
    backend: Arc<dyn Backend>,
    /// What the kit's statements were, in order.
    pub asked: Vec<Statement>,
}

fn deadline() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

impl Store {
    /// The database at `url`, with this migration applied.
    pub fn open(runtime: &Arc<Runtime>, url: &str, migration: &str) -> anyhow::Result<Self> {
        let _entered = runtime.enter();
        let backend =
            lyceum_sql::open(url, "books", Options { limits: Limits::default(), ..Options::default() })?;
        let migrations = [Migration { id: "0001-books".into(), sql: migration.into() }];
        runtime.block_on(backend.migrate(&migrations)).context("can't migrate")?;
        Ok(Self { runtime: Arc::clone(runtime), backend, asked: Vec::new() })
    }

    /// Reads.
    #[allow(clippy::needless_pass_by_value, reason = "the lists ask so")]
    pub fn query(&mut self, statements: Vec<Statement>) -> Result<Vec<Rows>, SqlError> {
        self.asked.extend(statements.iter().cloned());
        let statements = statements.iter().map(to_host).collect();
        let rows = self.runtime.block_on(self.backend.query(statements, deadline()));
        let rows = rows.map_err(|error| SqlError::Invalid(error.to_string()))?;
        Ok(rows.into_iter().map(from_host).collect())
    }

    /// Writes, and says how many rows each statement changed.
    pub fn transact(&self, statements: &[Statement]) -> anyhow::Result<Vec<u64>> {
        let statements = statements.iter().map(to_host).collect();
        let transaction = Transaction { statements, ..Transaction::default() };
        match self.runtime.block_on(self.backend.transact(transaction, deadline()))? {
            Outcome::Committed(rows) => Ok(rows.into_iter().map(|rows| rows.affected).collect()),
            Outcome::Duplicate(_) => anyhow::bail!("there was no key"),
        }
    }
}

fn to_host(statement: &Statement) -> lyceum_sql::Statement {
    let params = statement.params().iter().map(|value| match value {
        Value::Null => lyceum_sql::Value::Null,
        Value::Boolean(truth) => lyceum_sql::Value::Boolean(*truth),
        Value::Integer(integer) => lyceum_sql::Value::Integer(*integer),
        Value::Float(float) => lyceum_sql::Value::Float(*float),
        Value::Text(text) => lyceum_sql::Value::Text(text.clone()),
        Value::Bytes(bytes) => lyceum_sql::Value::Bytes(bytes.clone().into()),
    });
    lyceum_sql::Statement { text: statement.text().to_owned(), params: params.collect(), expect_rows: None }
}

fn from_host(rows: lyceum_sql::Rows) -> Rows {
    let value = |value| match value {
        lyceum_sql::Value::Null => Value::Null,
        lyceum_sql::Value::Boolean(truth) => Value::Boolean(truth),
        lyceum_sql::Value::Integer(integer) => Value::Integer(integer),
        lyceum_sql::Value::Float(float) => Value::Float(float),
        lyceum_sql::Value::Text(text) => Value::Text(text),
        lyceum_sql::Value::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
    };
    let values = rows.rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect();
    Rows::new(rows.columns, values, rows.affected)
}

/// Gives this thread the settings that cursors are sealed with.
pub fn configure() {
    for name in ["lyceum.identity-key", "lyceum.secret"] {
        lyceum_kit::testing::configure(name, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    }
    lyceum_kit::testing::configure("lyceum.component", "books");
}

/// A connection of one's own to a PostgreSQL server; it ends with what drives it.
pub async fn connect(
    url: &str,
) -> anyhow::Result<(tokio_postgres::Client, tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>)> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    Ok((client, tokio::spawn(connection)))
}
