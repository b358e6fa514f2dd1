//! Several hosts, each a process of its own, share one outbox: even when one is killed or stands still.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lyceum_private_servers::PostgresServer;
use lyceum_sql::{Backend, Database, PostgresDatabase};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio_postgres::Client;

use crate::bus::{Bus, Remote};
use crate::load::{AGGREGATES, Load};
use crate::things::{BOUND, add, connect, open, soon, superuser, until};

const DATABASE: &str = "LYCEUM_TEST_DATABASE";
const BUS: &str = "LYCEUM_TEST_BUS";
/// What a call may take here, where only hosts fail.
const DEADLINE: Duration = Duration::from_secs(30);

/// What each host runs: a relay, until it is killed or the process that started it is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the tests below run it as a process of its own"]
async fn host() {
    let (Ok(database), Ok(bus)) = (std::env::var(DATABASE), std::env::var(BUS)) else { return };
    let _relay = connect(&database).spawn_relay(Remote::connect(&bus).await);
    let gone = tokio::task::spawn_blocking(|| std::io::Read::read(&mut std::io::stdin(), &mut [0]));
    gone.await.unwrap().unwrap();
    std::process::exit(0);
}

/// A running host; killed when dropped.
struct Host(Child);

impl Host {
    fn start(database: &str, bus: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "hosts::host", "--ignored", "--nocapture"]);
        command.env(DATABASE, database).env(BUS, bus).stdin(Stdio::piped()).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id().try_into().unwrap()), signal).unwrap();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The sessions that hold partitions, with how many each, the fewest first.
async fn holders(client: &Client) -> Vec<(i32, i64)> {
    let sql = "SELECT pid, count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND objid < 16
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY pid ORDER BY count(*), pid";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Waits until so many sessions hold so many partitions each.
async fn shared(what: &str, client: &Client, expected: &[i64]) -> Duration {
    let condition =
        async || holders(client).await.iter().map(|(_, count)| *count).eq(expected.iter().copied());
    let time = until(what, condition).await;
    println!("{what}: {} ms", time.as_millis());
    time
}

struct Scene {
    server: PostgresServer,
    database: Arc<PostgresDatabase>,
    client: Client,
    bus: Arc<Bus>,
    address: String,
}

impl Scene {
    async fn new() -> Self {
        let server = PostgresServer::start().unwrap();
        let database = open(&server.url()).await;
        let client = superuser(&server, "postgres").await;
        let bus = Bus::new();
        let address = bus.listen().await;
        Self { server, database, client, bus, address }
    }

    fn host(&self) -> Host {
        Host::start(&self.server.url(), &self.address)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_host_is_replaced() {
    let scene = Scene::new().await;
    let (first, second) = (scene.host(), scene.host());
    shared("two hosts share evenly", &scene.client, &[8, 8]).await;
    let load = Load::start(&scene.database, DEADLINE);
    let third = scene.host();
    shared("three hosts share evenly", &scene.client, &[5, 5, 6]).await;
    for (dead, left) in [(third, &[8, 8][..]), (second, &[16])] {
        let before = scene.bus.count();
        until("events flow", async || scene.bus.count() > before + 50).await;
        drop(dead);
        let time = shared("the others took over from a killed host", &scene.client, left).await;
        assert!(time < BOUND, "{time:?}");
    }
    load.settle("hosts", &scene.database, &scene.bus).await;
    drop(first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_stands_still_is_replaced_and_comes_back_with_nothing() {
    let scene = Scene::new().await;
    let hosts = [scene.host(), scene.host(), scene.host()];
    shared("three hosts share evenly", &scene.client, &[5, 5, 6]).await;
    let load = Load::start(&scene.database, DEADLINE);
    for frozen in &hosts {
        let before = scene.bus.count();
        until("events flow", async || scene.bus.count() > before + 50).await;
        let sessions = holders(&scene.client).await;
        frozen.signal(Signal::SIGSTOP);
        let time = shared("the others took over from a frozen host", &scene.client, &[8, 8]).await;
        assert!(time < BOUND, "{time:?}");
        // Events of all partitions flow meanwhile.
        let before = scene.bus.count();
        until("events flow without it", async || scene.bus.count() > before + AGGREGATES * 2).await;
        let left: Vec<i32> = holders(&scene.client).await.into_iter().map(|(session, _)| session).collect();
        frozen.signal(Signal::SIGCONT);
        shared("it has a share again", &scene.client, &[5, 5, 6]).await;
        let now = holders(&scene.client).await;
        let fresh = now.iter().filter(|(session, _)| !left.contains(session)).count();
        assert_eq!(fresh, 1, "{sessions:?}, then {left:?}, then {now:?}");
        assert!(
            now.iter().filter(|(session, _)| sessions.iter().any(|(old, _)| old == session)).count() == 2
        );
    }
    load.settle("hosts", &scene.database, &scene.bus).await;
}

/// A relay whose bus is slow is alive: its partitions stay with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_bus_costs_no_partitions() {
    struct Slow(Arc<Bus>);

    #[async_trait::async_trait]
    impl lyceum_events::Publisher for Slow {
        async fn publish(
            &self,
            events: Vec<lyceum_events::Event>,
        ) -> Result<(), lyceum_events::PublishError> {
            tokio::time::sleep(Duration::from_secs(3)).await;
            self.0.publish(events).await
        }
    }

    let scene = Scene::new().await;
    let relay = scene.database.spawn_relay(Arc::new(Slow(Arc::clone(&scene.bus))));
    shared("it holds all", &scene.client, &[16]).await;
    let before = holders(&scene.client).await;
    scene.database.transact(add("slow", "slow"), soon()).await.unwrap();
    until("the event is published", async || scene.bus.has("slow")).await;
    assert_eq!(holders(&scene.client).await, before);
    assert_eq!((scene.bus.repeated(), relay.statistics().errors.get()), (0, 0));
    relay.shutdown().await;
}
