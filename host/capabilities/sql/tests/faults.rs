//! What is left when the process fails between two steps: `cargo test --features failpoints --test faults`.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fail::FailScenario;
use lyceum_events::{PublishError, Publisher};
use lyceum_sql::{
    Backend, Database, Error, Event, Migration, Once, Options, Outcome, SqliteDatabase, Statement,
};
use lyceum_sql::{Transaction, Value};
use tempfile::TempDir;
use tokio::sync::Notify;

fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

async fn open(folder: &TempDir) -> Arc<SqliteDatabase> {
    open_with(folder, Options::default()).await
}

async fn open_with(folder: &TempDir, options: Options) -> Arc<SqliteDatabase> {
    let database = SqliteDatabase::open(&folder.path().join("things.db"), "things", options).unwrap();
    let sql = "CREATE TABLE things (id TEXT PRIMARY KEY)".into();
    database.migrate(&[Migration { id: "0001".into(), sql }]).await.unwrap();
    database
}

fn add(id: &str) -> Transaction {
    Transaction {
        statements: vec![Statement {
            text: "INSERT INTO things (id) VALUES ($1)".into(),
            params: vec![Value::Text(id.into())],
            expect_rows: Some(1),
        }],
        events: vec![Event {
            id: format!("event-{id}"),
            kind: "lyceum.things.ThingAdded.v1".into(),
            aggregate_type: "thing".into(),
            aggregate_id: "one".into(),
            data: "{}".into(),
        }],
        once: Some(Once { scope: "test".into(), key: id.into(), ..Once::default() }),
        ..Transaction::default()
    }
}

/// Whatever the fault did, repeating the transaction makes it happen exactly once.
async fn repeat(database: &SqliteDatabase, id: &str, happened: bool) {
    let outcome = database.transact(add(id), soon()).await.unwrap();
    assert_eq!(matches!(outcome, Outcome::Duplicate(_)), happened, "{outcome:?}");
    let count = Statement { text: "SELECT id FROM things".into(), ..Statement::default() };
    assert_eq!(database.query(vec![count], soon()).await.unwrap()[0].rows.len(), 1);
}

#[tokio::test]
async fn a_fault_before_the_commit_leaves_nothing() {
    let scenario = FailScenario::setup();
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder).await;
    fail::cfg("sql::before-commit", "1*panic").unwrap();
    assert_eq!(database.transact(add("a"), soon()).await, Err(Error::OutcomeUnknown));
    repeat(&database, "a", false).await;
    scenario.teardown();
}

#[tokio::test]
async fn a_fault_after_the_commit_loses_only_the_answer() {
    let scenario = FailScenario::setup();
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder).await;
    fail::cfg("sql::after-commit", "1*panic").unwrap();
    assert_eq!(database.transact(add("a"), soon()).await, Err(Error::OutcomeUnknown));
    repeat(&database, "a", true).await;
    scenario.teardown();
}

/// Counts how often it got each id.
#[derive(Default)]
struct Counting(Mutex<HashMap<String, u32>>);

#[async_trait]
impl Publisher for Counting {
    async fn publish(&self, events: Vec<lyceum_events::Event>) -> Result<(), PublishError> {
        let mut counts = self.0.lock().unwrap();
        for event in events {
            *counts.entry(event.id).or_default() += 1;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_relay_that_dies_between_two_steps_loses_nothing() {
    for (point, times) in
        [("relay::before-publish", 1), ("relay::after-publish", 2), ("relay::after-delete", 1)]
    {
        let scenario = FailScenario::setup();
        let folder = tempfile::tempdir().unwrap();
        let database = open(&folder).await;
        database.transact(add("a"), soon()).await.unwrap();
        let bus = Arc::new(Counting::default());
        fail::cfg(point, "1*panic->off").unwrap();
        let doomed = database.spawn_relay(bus.clone());
        let end = soon();
        while !doomed.is_finished() {
            assert!(Instant::now() < end, "{point} was never reached");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let relay = database.spawn_relay(bus.clone());
        database.transact(add("b"), soon()).await.unwrap();
        while relay.statistics().relayed.get() == 0 || bus.0.lock().unwrap().len() < 2 {
            assert!(Instant::now() < end, "{point}: the new relay does nothing");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        relay.shutdown().await;
        assert_eq!(bus.0.lock().unwrap()["event-a"], times, "{point}");
        assert_eq!(bus.0.lock().unwrap()["event-b"], 1, "{point}");
        scenario.teardown();
    }
}

/// Holds the second time that it is given anything back, until it is let go.
struct HoldingSecond {
    published: Mutex<Vec<Vec<String>>>,
    second_came: Notify,
    second_may_end: Notify,
}

#[async_trait]
impl Publisher for HoldingSecond {
    async fn publish(&self, events: Vec<lyceum_events::Event>) -> Result<(), PublishError> {
        let times = {
            let mut published = self.published.lock().unwrap();
            published.push(events.into_iter().map(|event| event.id).collect());
            published.len()
        };
        if times == 2 {
            self.second_came.notify_one();
            self.second_may_end.notified().await;
        }
        Ok(())
    }
}

/// The deletion of a published event stalls in its commit for longer than the relay waits. The relay reads and publishes the
/// event again and, meanwhile, another transaction comes: its event must not get the place of the deleted one, or the
/// relay's second deletion would take it away unpublished.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_outlasts_the_relays_patience_loses_no_event() {
    let scenario = FailScenario::setup();
    let folder = tempfile::tempdir().unwrap();
    let options = Options { relay_patience: Duration::from_millis(50), ..Options::default() };
    let database = open_with(&folder, options).await;
    database.transact(add("a"), soon()).await.unwrap();
    let bus = Arc::new(HoldingSecond {
        published: Mutex::default(),
        second_came: Notify::new(),
        second_may_end: Notify::new(),
    });
    fail::cfg("sql::before-commit", "pause").unwrap();
    let relay = database.spawn_relay(bus.clone());
    tokio::time::timeout(Duration::from_mins(1), bus.second_came.notified()).await.unwrap();
    let other = tokio::spawn({
        let database = Arc::clone(&database);
        async move { database.transact(add("b"), soon()).await }
    });
    fail::remove("sql::before-commit");
    other.await.unwrap().unwrap();
    bus.second_may_end.notify_one();
    let end = soon();
    while !bus.published.lock().unwrap().iter().flatten().any(|id| id == "event-b") {
        assert!(Instant::now() < end, "committed, and never published: {:?}", bus.published.lock().unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    relay.shutdown().await;
    scenario.teardown();
}
