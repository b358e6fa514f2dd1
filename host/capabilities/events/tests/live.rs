//! Messages to live channels: told to every host in the same order, and no part of the log.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lyceum_events::conformance::event;
use lyceum_events::{
    Bus, Event, EventBus, EventFilter, JetStreamBus, JetStreamOptions, LIVE, LiveListener, Options, Publisher,
};
use lyceum_private_servers::NatsServer;

const PATIENCE: Duration = Duration::from_mins(1);

/// What one host was told.
#[derive(Default)]
struct Heard(Mutex<Vec<(u64, u64, String)>>);

impl LiveListener for Heard {
    fn begin(&self, epoch: u64, number: u64) {
        self.note(epoch, number, "begin".into());
    }

    fn hear(&self, epoch: u64, number: u64, event: Event) {
        self.note(epoch, number, event.id);
    }
}

impl Heard {
    fn note(&self, epoch: u64, number: u64, what: String) {
        self.0.lock().expect("not poisoned").push((epoch, number, what));
    }

    fn all(&self) -> Vec<(u64, u64, String)> {
        self.0.lock().expect("not poisoned").clone()
    }

    async fn until(&self, what: &str) -> Vec<(u64, u64, String)> {
        let end = Instant::now() + PATIENCE;
        loop {
            let all = self.all();
            if all.iter().any(|(_, _, heard)| heard == what) {
                return all;
            }
            assert!(Instant::now() < end, "{what} was not told: {all:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn message(channel: &str, number: u64) -> Event {
    Event { kind: format!("{LIVE}Message.v1"), ..event(channel, number) }
}

async fn listening(bus: &dyn EventBus) -> Arc<Heard> {
    let heard = Arc::<Heard>::default();
    bus.listen(Arc::clone(&heard) as _);
    heard.until("begin").await;
    heard
}

async fn publish(bus: &dyn EventBus, events: Vec<Event>) {
    while bus.publish(events.clone()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_bus_of_one_process_tells_messages_in_order_and_logs_events_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let bus = Bus::open(folder.path().join("events.db"), Options::default()).expect("opened");
    let heard = listening(&*bus).await;
    bus.publish(vec![message("a", 1), event("a", 1), message("b", 1), message("a", 2)])
        .await
        .expect("published");
    let all = heard.all();
    let ids: Vec<_> = all.iter().map(|(_, number, id)| (*number, id.clone())).collect();
    let id = |channel, number| message(channel, number).id;
    assert_eq!(ids, [(0, "begin".into()), (1, id("a", 1)), (2, id("b", 1)), (3, id("a", 2))]);
    assert!(all.iter().all(|(epoch, ..)| *epoch == all[0].0 && *epoch > 0));
    let ledger = bus.ledger().expect("a log");
    let logged = ledger.events(&EventFilter::default(), 10, None).expect("read").items;
    assert_eq!(logged.len(), 1, "{logged:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_host_is_told_the_same_under_the_same_numbers_and_a_later_one_what_is_kept() {
    let server = NatsServer::start().expect("started");
    let url = server.url();
    let connect = || JetStreamBus::connect(&url, "app", JetStreamOptions::default());
    let (first, second) = (connect().await.expect("connected"), connect().await.expect("connected"));
    let (one, two) = (listening(&*first).await, listening(&*second).await);
    for number in 1..=20 {
        let host = if number % 2 == 0 { &first } else { &second };
        // As a relay does that is not sure: the second time it is known.
        publish(&**host, vec![message("a", number), event("a", number)]).await;
        publish(&**host, vec![message("a", number)]).await;
    }
    let last = message("a", 20).id;
    let (one, two) = (one.until(&last).await, two.until(&last).await);
    assert_eq!(one, two);
    assert_eq!(one.len(), 21, "a beginning and each message once: {one:?}");
    let third = connect().await.expect("connected");
    assert_eq!(listening(&*third).await.until(&last).await, one);
    let logged = first.ledger().events(&EventFilter::default(), 100, None).await.expect("read").items;
    assert_eq!(logged.len(), 20);
}
