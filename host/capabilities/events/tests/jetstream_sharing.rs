//! Hosts share a consumer's partitions: whoever comes and goes, each partition is somebody's.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::join_all;
use lyceum_events::conformance::{Recorder, event, subscription};
use lyceum_events::{EventBus, JetStreamBus, JetStreamOptions, Publisher};
use lyceum_private_servers::NatsServer;

const ROUNDS: usize = 20;
const HOSTS: usize = 3;
const CONSUMERS: usize = 5;
/// Enough for every partition to have some.
const EVENTS: usize = 64;
/// Hosts that are there are never gone, so nobody takes over what was forgotten.
const PATIENCE: Duration = Duration::from_mins(1);

type Seen = Arc<Mutex<BTreeSet<String>>>;

/// Each host begins to deliver while it hears of the others, and leaves partitions that it is about to take.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_come_together_leave_no_partition_to_nobody() {
    let server = NatsServer::start().expect("started");
    for round in 0..ROUNDS {
        let application = format!("round-{round}");
        let seen: Vec<Seen> = (0..CONSUMERS).map(|_| Seen::default()).collect();
        let hosts = join_all((0..HOSTS).map(|_| host(&server, &application, &seen))).await;
        let events = (0..EVENTS).map(|number| event(&format!("a{number}"), 1)).collect::<Vec<_>>();
        while hosts[0].publish(events.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let end = Instant::now() + PATIENCE;
        for seen in &seen {
            let count = || seen.lock().expect("not poisoned").len();
            while count() < EVENTS {
                assert!(Instant::now() < end, "round {round}: {} of {EVENTS} events came", count());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        join_all(hosts.iter().map(|host| host.shutdown())).await;
    }
}

/// A host whose consumers come one after the other, as links do.
async fn host(server: &NatsServer, application: &str, seen: &[Seen]) -> Arc<JetStreamBus> {
    let options = JetStreamOptions::default();
    let host = JetStreamBus::connect(&server.url(), application, options).await.expect("connected");
    for (number, seen) in seen.iter().enumerate() {
        tokio::time::sleep(Duration::from_millis(rand::random_range(0..10))).await;
        let seen = Arc::clone(seen);
        let recorder = Recorder::new(move |delivery| {
            seen.lock().expect("not poisoned").insert(delivery.event.id);
            async { Ok(()) }
        });
        host.subscribe(subscription(&format!("c{number}")), recorder).await.expect("subscribed");
    }
    host
}
