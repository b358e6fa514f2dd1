//! A small service's database, and the shortest way to say things about it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_private_servers::{PostgresServer, Server as _};
use lyceum_sql::{
    Backend, Database, Error, Event, Limits, Migration, Once, Options, PostgresDatabase, Statement,
    Transaction, Value,
};
use tokio_postgres::{Client, NoTls};

pub(crate) fn tables() -> Vec<Migration> {
    vec![Migration { id: "0001".into(), sql: "CREATE TABLE things (id TEXT PRIMARY KEY)".into() }]
}

pub(crate) fn connect(url: &str) -> Arc<PostgresDatabase> {
    // So that all of it can be read at once.
    let limits = Limits { rows: 1_000_000, result_bytes: 256 * 1024 * 1024, ..Limits::default() };
    PostgresDatabase::connect(url, "things", Options { limits, ..Options::default() }).unwrap()
}

/// Opens it with its table.
pub(crate) async fn open(url: &str) -> Arc<PostgresDatabase> {
    let database = connect(url);
    database.migrate(&tables()).await.unwrap();
    database
}

/// What works again, or is taken over, at the latest. Two seconds are promised, and printed is what it took; a machine
/// that is busy with other things gets more.
pub(crate) const BOUND: Duration = Duration::from_secs(15);

/// Long enough for a busy machine.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

pub(crate) fn within(time: Duration) -> Instant {
    Instant::now() + time
}

/// Inserts a thing, which its primary key allows once, under a `once` key, with an event of the aggregate.
pub(crate) fn add(id: &str, aggregate: &str) -> Transaction {
    Transaction {
        statements: vec![Statement {
            text: "INSERT INTO things (id) VALUES ($1)".into(),
            params: vec![Value::Text(id.into())],
            expect_rows: Some(1),
        }],
        events: vec![event(id, aggregate)],
        once: Some(Once { scope: "test".into(), key: id.into(), ..Once::default() }),
        ..Transaction::default()
    }
}

pub(crate) fn event(id: &str, aggregate: &str) -> Event {
    Event {
        id: id.into(),
        kind: "lyceum.things.ThingAdded.v1".into(),
        aggregate_type: "thing".into(),
        aggregate_id: aggregate.into(),
        data: "{}".into(),
    }
}

/// The ids of all things.
pub(crate) async fn ids(database: &dyn Database) -> Result<Vec<String>, Error> {
    let all = Statement { text: "SELECT id FROM things ORDER BY id".into(), ..Statement::default() };
    let rows = database.query(vec![all], soon()).await?.remove(0).rows;
    Ok(rows
        .into_iter()
        .map(|row| if let Value::Text(id) = &row[0] { id.clone() } else { panic!("{row:?}") })
        .collect())
}

/// The superuser's own connection.
pub(crate) async fn superuser(server: &PostgresServer, database: &str) -> Client {
    let url = format!("postgres://postgres@127.0.0.1:{}/{database}", server.port());
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Waits until `condition` holds, and says how long it took.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < Duration::from_mins(1), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}
