//! Services that share a server share its connections, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lyceum_private_servers::{PostgresServer, Server as _};
use lyceum_sql::{
    Backend, Database, Error, Options, Outcome, PostgresDatabase, Servers, Statement, Transaction,
};
use tokio::task::JoinSet;
use tokio_postgres::Client;

use crate::bus::Bus;
use crate::things::{add, event, ids, soon, superuser, tables, until, within};

/// Connections of services, whatever they do.
const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lyceum-%'";
/// Connections of services that wait for a lock.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE application_name LIKE 'lyceum-%' AND wait_event_type = 'Lock'";
/// Sessions that hold partitions.
const HOLDERS: &str = "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND objid < 16";
/// Partitions that are held.
const HELD: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid < 16";
/// The oldest session that holds partitions.
const HOLDER: &str =
    "SELECT coalesce(min(pid), 0)::bigint FROM pg_locks WHERE locktype = 'advisory' AND objid < 16";

async fn service(url: &str, name: &str, servers: &Servers) -> Arc<PostgresDatabase> {
    let options = Options { servers: servers.clone(), create_database: true, ..Options::default() };
    let database = PostgresDatabase::connect(url, name, options).unwrap();
    database.migrate(&tables()).await.unwrap();
    database
}

async fn look(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// All of them write at once, and find what each wrote, and nothing else, in its own tables. Returns the greatest number
/// of connections meanwhile.
async fn write_at_once(services: &[Arc<PostgresDatabase>], client: &Client) -> i64 {
    const ROWS: usize = 20;
    let mut writers = JoinSet::new();
    for (service, database) in services.iter().enumerate() {
        for row in 0..ROWS {
            let database = Arc::clone(database);
            writers.spawn(async move {
                let id = format!("{service}-{row:02}");
                assert!(matches!(database.transact(add(&id, "a"), soon()).await, Ok(Outcome::Committed(_))));
            });
        }
    }
    let mut most = 0;
    while !writers.is_empty() {
        most = most.max(look(client, CONNECTIONS).await);
        while let Some(done) = writers.try_join_next() {
            done.unwrap();
        }
    }
    for (service, database) in services.iter().enumerate() {
        let expected: Vec<_> = (0..ROWS).map(|row| format!("{service}-{row:02}")).collect();
        assert_eq!(ids(&**database).await.unwrap(), expected);
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_of_one_database_together_have_no_more_connections_than_allowed() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(4);
    let mut services = Vec::new();
    for number in 0..12 {
        services.push(service(&server.url(), &format!("service-{number}"), &servers).await);
    }
    until("sessions that migrated are gone", async || look(&client, CONNECTIONS).await == 0).await;
    let most = write_at_once(&services, &client).await;
    assert!((1..=4).contains(&most), "{most} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_with_databases_of_their_own_share_what_the_server_allows() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(3);
    let mut services = Vec::new();
    for number in 0..6 {
        let url = format!("postgres://postgres@127.0.0.1:{}/own_{number}", server.port());
        services.push(service(&url, "things", &servers).await);
    }
    until("sessions that migrated are gone", async || look(&client, CONNECTIONS).await == 0).await;
    let most = write_at_once(&services, &client).await;
    // The server notices a little late that one was closed.
    assert!((1..=5).contains(&most), "{most} connections");
    until("those that were closed are gone", async || look(&client, CONNECTIONS).await <= 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_whose_calls_hang_leaves_half_of_the_connections_to_others() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(4);
    let stuck = service(&server.url(), "stuck", &servers).await;
    let other = service(&server.url(), "other", &servers).await;
    client.batch_execute("BEGIN; LOCK TABLE stuck.things").await.unwrap();
    let looking = superuser(&server, "postgres").await;
    let mut calls = JoinSet::new();
    for number in 0..8 {
        let stuck = Arc::clone(&stuck);
        calls.spawn(async move { stuck.transact(add(&number.to_string(), "a"), soon()).await });
    }
    until("it has its share", async || look(&looking, WAITING).await == 2).await;
    for number in 0..20 {
        other.transact(add(&number.to_string(), "a"), within(Duration::from_secs(30))).await.unwrap();
    }
    assert_eq!(look(&looking, WAITING).await, 2);
    client.batch_execute("ROLLBACK").await.unwrap();
    while let Some(done) = calls.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(ids(&*stuck).await.unwrap().len(), 8);
}

/// One connection serves two services in turn: the same texts, prepared once for each, and never on the other's tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_runs_on_its_services_tables_whoever_prepared_the_same_text() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(1);
    let (first, second) =
        (service(&server.url(), "first", &servers).await, service(&server.url(), "second", &servers).await);
    let known = async |database: &PostgresDatabase| {
        database.recall("test", "same", "", soon()).await.unwrap().is_some()
    };
    first.transact(add("same", "a"), soon()).await.unwrap();
    assert!(known(&first).await && !known(&second).await, "keys are each service's own");
    for round in 0..20 {
        for (name, database) in [("first", &first), ("second", &second)] {
            database.transact(add(&format!("{name}-{round:02}"), name), soon()).await.unwrap();
            let found = ids(&**database).await.unwrap();
            assert!(found.iter().all(|id| id.starts_with(name) || id == "same"), "{name}: {found:?}");
        }
    }
    assert_eq!((ids(&*first).await.unwrap().len(), ids(&*second).await.unwrap().len()), (21, 20));
    for (schema, last) in [("first", 20), ("second", 20)] {
        let numbers = format!("SELECT last FROM {schema}.lyceum_sequence WHERE aggregate_id = '{schema}'");
        assert_eq!(look(&client, &numbers).await, last);
    }
    assert_eq!(look(&client, CONNECTIONS).await, 1);
}

/// Whatever a call leaves on the only connection, a refused statement, a transaction that nobody waits for any more, the
/// next service doesn't notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_services_call_leaves_behind_never_meets_another_service() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(1);
    let (first, second) =
        (service(&server.url(), "first", &servers).await, service(&server.url(), "second", &servers).await);
    first.transact(add("a", "a"), soon()).await.unwrap();
    let again = Transaction { once: None, events: vec![event("other", "a")], ..add("a", "a") };
    let undone = async |after: &str| {
        let found = ids(&*second).await.unwrap();
        assert!(found.is_empty(), "{after}: {found:?}");
        second.transact(add("b", "b"), soon()).await.unwrap();
        let gone = Statement { text: "DELETE FROM things".into(), ..Statement::default() };
        let gone = Transaction { statements: vec![gone], ..Transaction::default() };
        second.transact(gone, soon()).await.unwrap();
        client
            .batch_execute("DELETE FROM second.lyceum_once; DELETE FROM second.lyceum_outbox")
            .await
            .unwrap();
        assert_eq!(ids(&*first).await.unwrap(), ["a"], "{after}");
    };
    assert!(matches!(first.transact(again, soon()).await, Err(Error::Unique(_))));
    undone("a refused statement").await;
    let wrong = Statement { text: "SELECT nothing FROM things".into(), ..Statement::default() };
    assert!(matches!(first.query(vec![wrong.clone(), wrong], soon()).await, Err(Error::Invalid(_))));
    undone("a wrong one").await;
    client.batch_execute("BEGIN; LOCK TABLE first.things").await.unwrap();
    assert_eq!(first.transact(add("c", "c"), within(Duration::from_millis(300))).await, Err(Error::Timeout));
    let looking = superuser(&server, "postgres").await;
    tokio::select! {
        done = first.transact(add("d", "d"), soon()) => panic!("{done:?}"),
        _ = until("it waits", async || look(&looking, WAITING).await == 1) => {}
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    undone("calls that were given up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_nobody_uses_are_closed() {
    let server = PostgresServer::start().unwrap();
    let client = superuser(&server, "postgres").await;
    let servers = Servers::new(8).close_idle_after(Duration::from_millis(500));
    let (first, second) =
        (service(&server.url(), "first", &servers).await, service(&server.url(), "second", &servers).await);
    write_at_once(&[first, second], &client).await;
    until("they are gone", async || look(&client, CONNECTIONS).await == 0).await;
}

/// Relays of services in one database, on one session.
struct Relays {
    server: PostgresServer,
    client: Client,
    servers: Servers,
    /// By number.
    services: BTreeMap<usize, Arc<PostgresDatabase>>,
    bus: Arc<Bus>,
    handles: Vec<lyceum_sql::RelayHandle>,
}

impl Relays {
    async fn start(count: usize) -> Self {
        let server = PostgresServer::start().unwrap();
        let client = superuser(&server, "postgres").await;
        let (servers, bus) = (Servers::default(), Bus::new());
        let (mut services, mut handles) = (BTreeMap::new(), Vec::new());
        for number in 0..count {
            let database = service(&server.url(), &format!("service-{number}"), &servers).await;
            handles.push(database.spawn_relay(Arc::clone(&bus) as _));
            services.insert(number, database);
        }
        Self { server, client, servers, services, bus, handles }
    }

    /// Waits until one session holds all partitions of so many services.
    async fn hold(&self, services: i64) {
        until("one session holds all", async || {
            look(&self.client, HOLDERS).await == 1 && look(&self.client, HELD).await == services * 16
        })
        .await;
    }

    /// Every service commits an event of its own, and all of these are published.
    async fn publish(&self, round: usize) {
        let mut expected = BTreeSet::new();
        for (number, database) in &self.services {
            let id = format!("{number}-{round}");
            database.transact(add(&id, &format!("aggregate-{number}")), soon()).await.unwrap();
            expected.insert(id);
        }
        until("they are published", async || expected.iter().all(|id| self.bus.has(id))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_of_a_databases_services_share_a_session_that_each_may_leave() {
    let mut scene = Relays::start(5).await;
    scene.hold(5).await;
    scene.publish(0).await;
    let holder = look(&scene.client, HOLDER).await;
    scene.handles.remove(2).shutdown().await;
    scene.services.remove(&2);
    scene.hold(4).await;
    scene.publish(1).await;
    assert_eq!(look(&scene.client, HOLDER).await, holder, "the others kept their session");
    // Its partitions are free for another host.
    let (database, bus) = (service(&scene.server.url(), "service-2", &Servers::default()).await, Bus::new());
    let elsewhere = database.spawn_relay(Arc::clone(&bus) as _);
    until("another host has them", async || look(&scene.client, HELD).await == 5 * 16).await;
    elsewhere.shutdown().await;
    for relay in scene.handles.drain(..) {
        relay.shutdown().await;
    }
    until("nobody holds anything", async || look(&scene.client, HELD).await == 0).await;
    scene.bus.assert_ordered();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_that_lose_their_session_share_another_one() {
    let scene = Relays::start(4).await;
    for round in 0..5 {
        scene.hold(4).await;
        scene.publish(round).await;
        let break_it = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'lyceum-relay'";
        assert_eq!(look(&scene.client, break_it).await, 1);
    }
    scene.hold(4).await;
    scene.bus.assert_ordered();
}

/// What the server refuses one relay, here because there is no outbox, costs the others nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_fails_leaves_the_others_their_session() {
    let scene = Relays::start(3).await;
    scene.hold(3).await;
    let holder = look(&scene.client, HOLDER).await;
    let options = Options { servers: scene.servers.clone(), ..Options::default() };
    let missing = PostgresDatabase::connect(&scene.server.url(), "missing", options).unwrap();
    let relay = missing.spawn_relay(Arc::clone(&scene.bus) as _);
    until("it failed several times", async || relay.statistics().errors.get() >= 4).await;
    scene.publish(0).await;
    assert_eq!(look(&scene.client, HOLDER).await, holder);
    assert!(scene.handles.iter().all(|relay| relay.statistics().errors.get() == 0));
}
