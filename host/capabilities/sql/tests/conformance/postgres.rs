//! PostgreSQL: connections that break, servers that are away, services and hosts that share.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lyceum_private_servers::{PostgresServer, Server as _};
use lyceum_sql::rebuild::{Generation, RebuildError};
use lyceum_sql::{Backend, Database, Error, Options, Outcome, PostgresDatabase, Servers, Transaction};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use crate::subject::{
    Subject, event, insert, number, soon, statement, tables, text, things, transaction, until,
};
use lyceum_events::conformance::RecordingBus;

/// One server for all tests of this program.
fn server() -> &'static PostgresServer {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    SERVER.get_or_init(|| PostgresServer::start().unwrap())
}

/// A database of its own on the shared server.
pub(crate) struct PostgresSubject {
    url: String,
}

impl PostgresSubject {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("subject_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Self { url: server().create_database(&name).unwrap() }
    }

    async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Breaks the service's connections whose last statement is like `query`.
    async fn break_connections(&self, query: &str) -> i64 {
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'lyceum-%' AND query LIKE $1";
        self.client().await.query_one(sql, &[&query]).await.unwrap().get(0)
    }
}

#[async_trait]
impl Subject for PostgresSubject {
    async fn connect(&self, options: Options) -> Arc<dyn Backend> {
        PostgresDatabase::connect(&self.url, "things", options).unwrap()
    }

    async fn generation(&self) -> Result<Generation, RebuildError> {
        Generation::postgres(&self.url, "things", &tables(), Options::default()).await
    }

    async fn hold_writers(&self) -> Box<dyn Send> {
        let client = self.client().await;
        client.batch_execute("BEGIN; LOCK TABLE things.parts IN ROW EXCLUSIVE MODE").await.unwrap();
        Box::new(client)
    }

    async fn look(&self, sql: &str) -> i64 {
        let client = self.client().await;
        client.batch_execute("SET search_path = things").await.unwrap();
        client.query_one(sql, &[]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn services_in_one_database_are_apart() {
    let subject = PostgresSubject::new();
    let things_database = subject.open().await;
    let other = PostgresDatabase::connect(&subject.url, "other-things", Options::default()).unwrap();
    other.migrate(&crate::subject::tables()).await.unwrap();
    things_database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    assert_eq!(things(&*other).await, 0);
    let peek = statement("SELECT id FROM things.things", vec![]);
    assert!(matches!(other.query(vec![peek], soon()).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_unavailable() {
    let database = PostgresSubject::new().connect(Options::default()).await;
    let outcome = database.transact(transaction(vec![]), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_name_that_is_no_schema_is_invalid() {
    for service in ["", "Things", "a b", "x\"y", "a;b"] {
        let outcome = PostgresDatabase::connect("postgres://localhost/x", service, Options::default());
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{service}");
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_invalid() {
    let database = PostgresSubject::new().open().await;
    for (sql, param) in [
        ("SELECT id FROM things WHERE number = $1", text("1")),
        ("SELECT id FROM things WHERE label = $1", lyceum_sql::Value::Integer(1)),
        ("SELECT id FROM things WHERE truth = $1", lyceum_sql::Value::Integer(2)),
    ] {
        let outcome = database.query(vec![statement(sql, vec![param])], soon()).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{sql}: {outcome:?}");
    }
    let sum = statement("SELECT sum(number) AS total FROM things", vec![]);
    let outcome = database.query(vec![sum], soon()).await;
    assert!(matches!(&outcome, Err(Error::Invalid(reason)) if reason.contains("total")), "{outcome:?}");
}

/// Under a storm of broken connections each transaction ends, and what was said is what happened.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn broken_connections_recover() {
    let subject = PostgresSubject::new();
    let database = subject.open().await;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let database = Arc::clone(&database);
            tokio::spawn(async move {
                let (mut sure, mut unsure) = (0, 0);
                for round in 0..40 {
                    let add = transaction(vec![insert(&format!("{writer}-{round}"), 1)]);
                    match database.transact(add, soon()).await {
                        Ok(_) => sure += 1,
                        Err(Error::OutcomeUnknown) => unsure += 1,
                        Err(Error::Unavailable(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                (sure, unsure)
            })
        })
        .collect();
    let mut broken = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        broken += subject.break_connections("%").await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (mut sure, mut unsure) = (0, 0);
    for writer in writers {
        let (more_sure, more_unsure) = writer.await.unwrap();
        sure += more_sure;
        unsure += more_unsure;
    }
    assert!(broken > 0);
    let kept = things(&*database).await;
    assert!(sure <= kept && kept <= sure + unsure, "{sure} committed, {unsure} unknown, {kept} there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_unavailable_until_it_is_back() {
    let server = PostgresServer::start().unwrap();
    let database = PostgresDatabase::connect(&server.url(), "things", Options::default()).unwrap();
    database.migrate(&crate::subject::tables()).await.unwrap();
    let recorder = RecordingBus::new();
    let relay = database.spawn_relay(recorder.clone());
    let add = |id: &str| Transaction { events: vec![event(id, "a")], ..transaction(vec![insert(id, 1)]) };
    database.transact(add("a"), soon()).await.unwrap();
    server.kill9().unwrap();
    let outcome = database.transact(add("b"), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    let outcome = database.query(vec![statement("SELECT id FROM things", vec![])], soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    server.restart().unwrap();
    until("it works again", async || database.transact(add("c"), soon()).await.is_ok()).await;
    assert_eq!(things(&*database).await, 2);
    until("both events", async || recorder.events().len() == 2).await;
    // One that hangs doesn't hang its callers.
    server.pause().unwrap();
    let begun = Instant::now();
    let short = || Instant::now() + Duration::from_millis(300);
    assert_eq!(database.transact(add("d"), short()).await, Err(Error::Timeout));
    let read = statement("SELECT id FROM things", vec![]);
    assert_eq!(database.query(vec![read], short()).await, Err(Error::Timeout));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    server.resume().unwrap();
    until("it goes on", async || database.transact(add("e"), soon()).await.is_ok()).await;
    relay.shutdown().await;
    recorder.assert_ordered();
}

#[tokio::test]
async fn waiting_for_a_connection_ends_at_the_deadline() {
    let subject = PostgresSubject::new();
    let database = subject.open_with(Options { servers: Servers::new(1), ..Options::default() }).await;
    let client = subject.client().await;
    client.batch_execute("BEGIN; LOCK TABLE things.things").await.unwrap();
    let short = Instant::now() + Duration::from_millis(300);
    let blocked = database.transact(transaction(vec![insert("a", 1)]), short);
    let waiting = database.transact(transaction(vec![]), short);
    assert_eq!(tokio::join!(blocked, waiting), (Err(Error::Timeout), Err(Error::Timeout)));
    client.batch_execute("COMMIT").await.unwrap();
    database.transact(transaction(vec![insert("a", 1)]), soon()).await.unwrap();
    assert_eq!(number(&*database, "SELECT number FROM things", vec![]).await, 1);
}

/// A caller that stops waiting leaves no transaction open and no lock held.
#[tokio::test]
async fn callers_may_go_at_any_time() {
    let subject = PostgresSubject::new();
    let database = subject.open().await;
    database.transact(transaction(vec![insert("a", 0)]), soon()).await.unwrap();
    let add = || transaction(vec![statement("UPDATE things SET number = number + 1", vec![])]);
    for index in 0..60 {
        let _ =
            tokio::time::timeout(Duration::from_micros(index * 100), database.transact(add(), soon())).await;
    }
    assert!(matches!(database.transact(add(), soon()).await, Ok(Outcome::Committed(_))));
    let open =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    until("no transaction is open", async || subject.look(open).await == 0).await;
}

/// Locks that the relays hold on partitions, of how many sessions.
const HOLDERS: &str = "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND objid < 16
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
const HELD: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid < 16
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hosts_share_the_partitions_and_take_over_a_dead_one() {
    let subject = PostgresSubject::new();
    let database = subject.open().await;
    let bus = RecordingBus::new();
    let mine = RecordingBus::beside(&bus);
    let relay = database.spawn_relay(mine.clone());
    // A host with a runtime of its own, which can die with everything that runs on it.
    let host = Runtime::new().unwrap();
    let (url, theirs) = (subject.url.clone(), RecordingBus::beside(&bus));
    let publisher = theirs.clone();
    let other = host.spawn(async move {
        let database = PostgresDatabase::connect(&url, "things", Options::default()).unwrap();
        let relay = database.spawn_relay(publisher);
        (database, relay)
    });
    let kept_alive = other.await.unwrap();
    until("both hold partitions", async || {
        subject.look(HOLDERS).await == 2 && subject.look(HELD).await == 16
    })
    .await;
    let commit = async |from: usize, to: usize| {
        for number in from..to {
            let events = vec![event(&format!("e{number}"), &format!("a{}", number % 40))];
            database.transact(Transaction { events, ..transaction(vec![]) }, soon()).await.unwrap();
        }
    };
    commit(0, 200).await;
    until("all of it", async || bus.events().len() == 200).await;
    assert!(mine.taken() > 0 && theirs.taken() > 0, "{} and {}", mine.taken(), theirs.taken());
    assert_eq!(mine.taken() + theirs.taken(), 200);
    host.shutdown_background();
    commit(200, 400).await;
    until("the rest, too", async || bus.events().len() == 400).await;
    until("one holds everything", async || {
        subject.look(HOLDERS).await == 1 && subject.look(HELD).await == 16
    })
    .await;
    bus.assert_ordered();
    relay.shutdown().await;
    drop(kept_alive);
    until("nobody holds anything", async || subject.look(HELD).await == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_wakes_the_relay_of_another_host() {
    let subject = PostgresSubject::new();
    let database = subject.open().await;
    let relaying = subject.connect(Options::default()).await;
    let recorder = RecordingBus::new();
    let relay = relaying.spawn_relay(recorder.clone());
    until("it holds all", async || subject.look(HELD).await == 16).await;
    let begun = Instant::now();
    for number in 0..10 {
        let events = vec![event(&format!("e{number}"), "a")];
        database.transact(Transaction { events, ..transaction(vec![]) }, soon()).await.unwrap();
        until("the event", async || recorder.events().len() == number + 1).await;
    }
    // The slow poll alone would take ten seconds.
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_relay_survives_the_loss_of_its_connection() {
    let subject = PostgresSubject::new();
    let database = subject.open().await;
    let recorder = RecordingBus::flaky(rand::random());
    let relay = database.spawn_relay(recorder.clone());
    for number in 0..100 {
        let events = vec![event(&format!("e{number}"), &format!("a{}", number % 5))];
        let add = Transaction { events, ..transaction(vec![]) };
        until("it commits", async || database.transact(add.clone(), soon()).await.is_ok()).await;
        if number % 10 == 0 {
            subject.break_connections("%lyceum_outbox%").await;
        }
    }
    until("all", async || recorder.events().len() == 100).await;
    recorder.assert_ordered();
    relay.shutdown().await;
}
