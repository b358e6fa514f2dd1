//! The server dies and its standby takes over: with synchronous replication nothing acknowledged is lost.

use std::sync::Arc;
use std::time::Duration;

use lyceum_private_servers::{PostgresServer, Server as _};
use lyceum_sql::{Backend, Database, Error, Outcome, PostgresDatabase};

use crate::bus::Bus;
use crate::load::Load;
use crate::things::{BOUND, add, connect, ids, open, soon, superuser, until, within};

const DEADLINE: Duration = Duration::from_secs(1);

/// A primary that waits for its standby at each commit, and a database on whichever of them takes writes.
async fn pair() -> (PostgresServer, PostgresServer, Arc<PostgresDatabase>) {
    let settings = ["fsync=off", "full_page_writes=off", "synchronous_standby_names=follower"];
    let primary = PostgresServer::start_with(&settings).unwrap();
    let standby = primary.start_standby("follower").unwrap();
    let client = superuser(&primary, "postgres").await;
    let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    until("the standby follows", async || {
        client.query_one(synchronous, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    let (first, second) = (primary.port(), standby.port());
    let hosts = format!("127.0.0.1:{first},127.0.0.1:{second}");
    let database =
        open(&format!("postgres://postgres@{hosts}/postgres?target_session_attrs=read-write")).await;
    (primary, standby, database)
}

/// Writes while `harm` comes to the primary; then the standby is promoted.
async fn fail_over(what: &str, harm: impl FnOnce(&PostgresServer)) {
    let (primary, standby, database) = pair().await;
    let bus = Bus::new();
    let relay = database.spawn_relay(Arc::clone(&bus) as _);
    let load = Load::start(&database, DEADLINE);
    until("it works", async || load.acknowledged() > 200).await;
    harm(&primary);
    until("calls fail", async || load.failed() > 8).await;
    standby.promote().unwrap();
    let time = load.recovers().await;
    println!("{what}: works again {} ms after the promotion", time.as_millis());
    assert!(time < BOUND, "{time:?}");
    let before = load.acknowledged();
    until("it goes on", async || load.acknowledged() > before + 200).await;
    load.settle(what, &database, &bus).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_primary_loses_nothing() {
    fail_over("primary killed", |primary| primary.kill9().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_stands_still_loses_nothing() {
    fail_over("primary frozen", |primary| primary.pause().unwrap()).await;
}

/// The server would call such a commit a success if it was cancelled, and show it to others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_waits_for_the_standby_is_seen_by_nobody() {
    let (primary, standby, database) = pair().await;
    standby.pause().unwrap();
    let client = superuser(&primary, "postgres").await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let waits = async |commits: i64| {
        until("a commit waits", async || {
            client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == commits
        })
        .await;
    };
    let late = database.transact(add("a", "a"), within(Duration::from_secs(5))).await;
    assert_eq!(late, Err(Error::OutcomeUnknown));
    waits(1).await;
    // Callers that go away count too.
    tokio::select! {
        done = database.transact(add("b", "b"), soon()) => panic!("{done:?}"),
        () = waits(2) => {}
    }
    for id in ["a", "b", "a", "b"] {
        let again = database.transact(add(id, id), within(Duration::from_millis(500))).await;
        assert!(matches!(again, Err(Error::Timeout | Error::Conflict)), "{again:?}");
        let known = database.recall("test", id, "", soon()).await;
        assert_eq!(known, Ok(None), "{id}");
    }
    assert_eq!(ids(&*database).await.unwrap(), [""; 0]);
    standby.resume().unwrap();
    for id in ["a", "b"] {
        let again = database.transact(add(id, id), soon()).await.unwrap();
        assert!(matches!(again, Outcome::Duplicate(_)), "{again:?}");
    }
    assert_eq!(ids(&*database).await.unwrap(), ["a", "b"]);
}

/// While the standby is away, commits wait on the server; it must not run out of connections over that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_wait_for_the_standby_do_not_pile_up() {
    let (primary, standby, database) = pair().await;
    let bus = Bus::new();
    let relay = database.spawn_relay(Arc::clone(&bus) as _);
    standby.pause().unwrap();
    let load = Load::start(&database, Duration::from_millis(100));
    until("many calls fail", async || load.failed() > 200).await;
    let client = superuser(&primary, "postgres").await;
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lyceum-things'";
    let connections: i64 = client.query_one(connections, &[]).await.unwrap().get(0);
    // Half of sixteen, and a quarter of them for commits that nobody waits for.
    assert!(connections <= 12, "{connections} connections");
    standby.resume().unwrap();
    let time = load.recovers().await;
    println!("standby away: works again {} ms after it", time.as_millis());
    assert!(time < BOUND, "{time:?}");
    load.settle("standby away", &database, &bus).await;
    relay.shutdown().await;
}

#[tokio::test]
async fn a_standby_alone_is_unavailable() {
    let primary = PostgresServer::start().unwrap();
    open(&primary.url()).await;
    let standby = primary.start_standby("follower").unwrap();
    let outcome = connect(&standby.url()).transact(add("a", "a"), soon()).await;
    assert!(
        matches!(&outcome, Err(Error::Unavailable(reason)) if reason.contains("not allow writes")),
        "{outcome:?}"
    );
    let any = connect(&format!("{}?target_session_attrs=any", standby.url()));
    let outcome = any.transact(add("a", "a"), soon()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    standby.promote().unwrap();
    any.transact(add("a", "a"), soon()).await.unwrap();
}
