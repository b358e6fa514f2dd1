//! What only a server, and only several hosts, can do wrong.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lyceum_events::conformance::{Recorder, event, subscription};
use lyceum_events::{Event, EventBus, JetStreamBus, JetStreamOptions, Publisher, RetryPolicy, Subscription};
use lyceum_private_servers::{NatsServer, Server as _};

async fn host(server: &NatsServer) -> Arc<JetStreamBus> {
    JetStreamBus::connect(&server.url(), "test", JetStreamOptions::default()).await.expect("opened")
}

/// As a relay does: until the bus has taken the batch.
async fn publish(bus: &JetStreamBus, events: Vec<Event>) -> u32 {
    let mut refused = 0;
    while bus.publish(events.clone()).await.is_err() {
        refused += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    refused
}

/// Counts each event's effect as a service does that knows events by their ids, and checks the order.
#[derive(Default)]
struct Effects {
    done: Mutex<BTreeMap<String, u64>>,
    seen: Mutex<BTreeSet<String>>,
    wrong: Mutex<Vec<String>>,
    repeated: Mutex<u64>,
}

impl Effects {
    fn take(&self, event: &Event) {
        if !self.seen.lock().expect("not poisoned").insert(event.id.clone()) {
            *self.repeated.lock().expect("not poisoned") += 1;
            return;
        }
        let mut done = self.done.lock().expect("not poisoned");
        let last = done.entry(event.aggregate_id.clone()).or_insert(0);
        if event.sequence != *last + 1 {
            self.wrong.lock().expect("not poisoned").push(format!("{} came after {last}", event.id));
        }
        *last = event.sequence;
    }

    fn count(&self) -> usize {
        self.seen.lock().expect("not poisoned").len()
    }

    fn recorder(self: &Arc<Self>) -> Arc<Recorder> {
        let effects = Arc::clone(self);
        Recorder::new(move |delivery| {
            effects.take(&delivery.event);
            async { Ok(()) }
        })
    }

    async fn until(&self, count: usize) {
        let end = Instant::now() + Duration::from_mins(2);
        while self.count() < count {
            assert!(Instant::now() < end, "{} of {count} came", self.count());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn assert_sound(&self) {
        assert_eq!(*self.wrong.lock().expect("not poisoned"), Vec::<String>::new());
    }
}

/// Events of 100 aggregates, in batches as a relay has them.
fn burst(count: u64) -> Vec<Vec<Event>> {
    let events: Vec<Event> =
        (0..count).map(|number| event(&format!("a{}", number % 100), number / 100 + 1)).collect();
    events.chunks(250).map(<[Event]>::to_vec).collect()
}

fn patient() -> Subscription {
    Subscription { retry: RetryPolicy::default(), ..subscription("c") }
}

/// The server is killed three times while 10,000 events are published and handled by two hosts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_a_burst_loses_and_doubles_nothing() {
    let server = Arc::new(NatsServer::start().expect("started"));
    let (one, two) = (host(&server).await, host(&server).await);
    let effects = Arc::new(Effects::default());
    for bus in [&one, &two] {
        bus.subscribe(patient(), effects.recorder()).await.expect("subscribed");
    }
    let publisher = one.clone();
    let publishing = tokio::spawn(async move {
        let mut refused = 0;
        for batch in burst(10_000) {
            refused += publish(&publisher, batch).await;
        }
        refused
    });
    let mut back = Vec::new();
    for share in [2_000, 5_000, 8_000] {
        effects.until(share).await;
        server.kill9().expect("killed");
        let killed = server.clone();
        tokio::task::spawn_blocking(move || killed.restart().expect("restarted")).await.expect("ended");
        let (before, returned) = (effects.count(), Instant::now());
        effects.until(before + 1).await;
        back.push(returned.elapsed());
    }
    let refused = publishing.await.expect("published");
    effects.until(10_000).await;
    effects.assert_sound();
    let repeated = *effects.repeated.lock().expect("not poisoned");
    println!(
        "10,000 events, 3 kills of the server: {} handled, {repeated} delivered again, {refused} batches refused; \
         events flow again after {back:?}",
        effects.count()
    );
    one.shutdown().await;
    two.shutdown().await;
}

/// A server that stands still makes publishers wait, not lose.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_server_delays_and_loses_nothing() {
    let server = NatsServer::start().expect("started");
    let bus = host(&server).await;
    let effects = Arc::new(Effects::default());
    bus.subscribe(patient(), effects.recorder()).await.expect("subscribed");
    publish(&bus, vec![event("a", 1)]).await;
    effects.until(1).await;
    server.pause().expect("paused");
    assert!(bus.ping(Duration::from_millis(200)).await.is_err());
    let publisher = bus.clone();
    let waiting = tokio::spawn(async move { publish(&publisher, vec![event("a", 2), event("a", 3)]).await });
    assert!(bus.ping(Duration::from_millis(200)).await.is_err());
    server.resume().expect("resumed");
    let resumed = Instant::now();
    effects.until(3).await;
    println!("events flow again {:?} after the server goes on", resumed.elapsed());
    waiting.await.expect("published");
    effects.assert_sound();
    bus.shutdown().await;
}

/// Hosts start without a server, and work once it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_may_come_late_and_be_restarted() {
    let server = NatsServer::start().expect("started");
    server.stop().expect("stopped");
    let bus = host(&server).await;
    let effects = Arc::new(Effects::default());
    bus.subscribe(patient(), effects.recorder()).await.expect("subscribed");
    assert!(bus.ping(Duration::from_millis(200)).await.is_err());
    server.restart().expect("started");
    publish(&bus, vec![event("a", 1)]).await;
    effects.until(1).await;
    server.restart().expect("restarted");
    publish(&bus, vec![event("a", 2)]).await;
    effects.until(2).await;
    effects.assert_sound();
    bus.shutdown().await;
}

/// Three hosts share the work; two of them end as a crash would, and the rest goes on with all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_gone_is_replaced() {
    let server = NatsServer::start().expect("started");
    let effects = Arc::new(Effects::default());
    let mut hosts = Vec::new();
    for _ in 0..3 {
        let (bus, recorder) = (host(&server).await, effects.recorder());
        bus.subscribe(patient(), recorder.clone()).await.expect("subscribed");
        hosts.push((bus, recorder));
    }
    let mut sequence = 0;
    let mut wave = |hosts: &[(Arc<JetStreamBus>, Arc<Recorder>)]| {
        sequence += 1;
        let bus = hosts[0].0.clone();
        let events = (0..100).map(|aggregate| event(&format!("a{aggregate}"), sequence)).collect();
        async move { publish(&bus, events).await }
    };
    // Partitions are handed over while events flow.
    let mut published = 0;
    while hosts.iter().any(|(_, recorder)| recorder.handled().is_empty()) {
        wave(&hosts).await;
        published += 100;
        effects.until(published).await;
    }
    for _ in 0..2 {
        let (gone, _) = hosts.pop().expect("a host");
        drop(gone);
        let died = Instant::now();
        wave(&hosts).await;
        published += 100;
        effects.until(published).await;
        let took = died.elapsed();
        println!("a host was gone: its events were handled by others after {took:?}");
        assert!(took < Duration::from_secs(20), "others take over soon");
    }
    effects.assert_sound();
    println!("{published} events, {} delivered again", effects.repeated.lock().expect("not poisoned"));
    let (last, _) = hosts.pop().expect("a host");
    last.shutdown().await;
}
