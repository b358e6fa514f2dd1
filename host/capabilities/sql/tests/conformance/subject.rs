//! What the suite needs of a backend, and the shortest way to say things.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lyceum_sql::rebuild::{Generation, RebuildError};
use lyceum_sql::{Backend, Event, Migration, Options, Outcome, Rows, Statement, Transaction, Value};

/// A place that holds one service's database.
#[async_trait]
pub(crate) trait Subject: Send + Sync {
    /// Opens the database; again after it was dropped, or beside one that is open.
    async fn connect(&self, options: Options) -> Arc<dyn Backend>;

    /// A second generation of it, with the suite's tables.
    async fn generation(&self) -> Result<Generation, RebuildError>;

    /// Somebody who keeps all others from writing, until the value ends.
    async fn hold_writers(&self) -> Box<dyn Send>;

    /// The first column of the first row, read behind the backend's back.
    async fn look(&self, sql: &str) -> i64;

    /// Opens it with the suite's tables.
    async fn open(&self) -> Arc<dyn Backend> {
        self.open_with(Options::default()).await
    }

    /// Opens it with the suite's tables and other options.
    async fn open_with(&self, options: Options) -> Arc<dyn Backend> {
        let database = self.connect(options).await;
        database.migrate(&tables()).await.unwrap();
        database
    }
}

/// The suite's tables.
pub(crate) fn tables() -> Vec<Migration> {
    vec![migration(
        "0001-things",
        "CREATE TABLE things (
             id TEXT PRIMARY KEY,
             label TEXT NOT NULL,
             number BIGINT CONSTRAINT number_is_natural CHECK (number >= 0),
             share DOUBLE PRECISION,
             truth BOOLEAN,
             body BYTEA,
             UNIQUE (label, number)
         );
         CREATE TABLE parts (
             id TEXT PRIMARY KEY,
             thing TEXT NOT NULL CONSTRAINT parts_thing REFERENCES things (id)
         );",
    )]
}

pub(crate) fn migration(id: &str, sql: &str) -> Migration {
    Migration { id: id.into(), sql: sql.into() }
}

/// Long enough for a busy machine.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

pub(crate) fn statement(text: &str, params: Vec<Value>) -> Statement {
    Statement { text: text.into(), params, expect_rows: None }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(crate) fn insert(id: &str, number: i64) -> Statement {
    statement(
        "INSERT INTO things (id, label, number) VALUES ($1, $2, $3)",
        vec![text(id), text(id), Value::Integer(number)],
    )
}

pub(crate) fn transaction(statements: Vec<Statement>) -> Transaction {
    Transaction { statements, ..Transaction::default() }
}

pub(crate) fn event(id: &str, aggregate: &str) -> Event {
    Event {
        id: id.into(),
        kind: "lyceum.things.ThingChanged.v1".into(),
        aggregate_type: "thing".into(),
        aggregate_id: aggregate.into(),
        data: format!(r#"{{"thing":"{aggregate}"}}"#),
    }
}

/// The rows of a committed transaction.
pub(crate) fn committed(outcome: Outcome) -> Vec<Rows> {
    match outcome {
        Outcome::Committed(rows) => rows,
        Outcome::Duplicate(remembered) => panic!("not committed, but {remembered:?}"),
    }
}

/// The single integer that a query gives.
pub(crate) async fn number(database: &dyn Backend, sql: &str, params: Vec<Value>) -> i64 {
    let rows = database.query(vec![statement(sql, params)], soon()).await.unwrap();
    match rows[0].rows[0][0] {
        Value::Integer(number) => number,
        ref other => panic!("{other:?} is not an integer"),
    }
}

pub(crate) async fn things(database: &dyn Backend) -> i64 {
    number(database, "SELECT CAST(count(*) AS BIGINT) FROM things", vec![]).await
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let end = soon();
    while !condition().await {
        assert!(Instant::now() < end, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
