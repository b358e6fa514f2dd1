//! The server is stopped, killed, stands still or is slow, while services write.

use std::sync::Arc;
use std::time::Duration;

use lyceum_private_servers::{PostgresServer, Proxy, Server as _};
use lyceum_sql::{Backend, Database, Error};

use crate::bus::Bus;
use crate::load::Load;

use crate::things::{BOUND, add, open, soon, until, within};

const DEADLINE: Duration = Duration::from_secs(1);

/// Writes while `harm` is done and after `heal`, and holds what is left against what was acknowledged.
async fn survive(
    what: &str,
    harm: impl AsyncFnOnce(&PostgresServer, &Proxy),
    heal: impl AsyncFnOnce(&PostgresServer, &Proxy),
) {
    let server = PostgresServer::start().unwrap();
    let proxy = Proxy::before(server.port()).unwrap();
    let database = open(&format!("postgres://postgres@127.0.0.1:{}/postgres", proxy.port())).await;
    let bus = Bus::new();
    let relay = database.spawn_relay(Arc::clone(&bus) as _);
    let load = Load::start(&database, DEADLINE);
    until("it works", async || load.acknowledged() > 100).await;
    harm(&server, &proxy).await;
    let failed = load.failed();
    until("calls fail", async || load.failed() > failed + 8).await;
    heal(&server, &proxy).await;
    let time = load.recovers().await;
    println!("{what}: works again {} ms after the server", time.as_millis());
    assert!(time < BOUND, "{time:?}");
    let before = bus.count();
    let time = until("events flow again", async || bus.count() > before).await;
    println!("{what}: events flow again {} ms later", time.as_millis());
    assert!(time < BOUND, "{time:?}");
    load.settle(what, &database, &bus).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_and_started_loses_nothing() {
    survive("stopped", async |server, _| server.stop().unwrap(), async |server, _| server.restart().unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing() {
    survive("killed", async |server, _| server.kill9().unwrap(), async |server, _| server.restart().unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_loses_nothing() {
    survive("frozen", async |server, _| server.pause().unwrap(), async |server, _| server.resume().unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_slow_loses_nothing() {
    let slow = async |_: &PostgresServer, proxy: &Proxy| proxy.slow_down(Duration::from_millis(600));
    survive("slow", slow, async |_, proxy| proxy.slow_down(Duration::ZERO)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything_loses_nothing() {
    survive("cut off", async |_, proxy| proxy.lose(), async |_, proxy| proxy.slow_down(Duration::ZERO)).await;
}

/// A delay that leaves enough time costs time only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_still_serves_patient_callers() {
    let server = PostgresServer::start().unwrap();
    let proxy = Proxy::before(server.port()).unwrap();
    let database = open(&format!("postgres://postgres@127.0.0.1:{}/postgres", proxy.port())).await;
    proxy.slow_down(Duration::from_millis(50));
    database.transact(add("patient", "a"), soon()).await.unwrap();
    let outcome = database.transact(add("hasty", "a"), within(Duration::from_millis(60))).await;
    assert_eq!(outcome, Err(Error::Timeout));
}
