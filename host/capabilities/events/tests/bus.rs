//! What only the bus on a file does: its file, its clock and its counts.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lyceum_events::conformance::{Recorder, TurnedClock, event, subscription};
use lyceum_events::{Bus, Error, EventFilter, Observer, Options, Publisher, RetryPolicy, Subscription};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("events.db");
    (folder, path)
}

fn open(path: &PathBuf) -> Arc<Bus> {
    Bus::open(path, Options::default()).expect("opened")
}

#[tokio::test]
async fn only_one_process_delivers_from_a_file() {
    let (_folder, path) = place();
    let bus = open(&path);
    let impatient = Options { lock_wait: Duration::ZERO, ..Options::default() };
    assert_eq!(Bus::open(&path, impatient).err(), Some(Error::InUse(path.clone())));
    bus.shutdown().await;
    drop(open(&path));
}

#[tokio::test]
async fn a_consumer_subscribes_once() {
    let (_folder, path) = place();
    let bus = open(&path);
    bus.subscribe(subscription("c"), Recorder::willing()).await.expect("subscribed");
    let again = bus.subscribe(subscription("c"), Recorder::willing()).await;
    assert_eq!(again.err(), Some(Error::AlreadySubscribed("c".to_owned())));
}

#[tokio::test]
async fn after_shutdown_nothing_is_taken() {
    let (_folder, path) = place();
    let bus = open(&path);
    bus.shutdown().await;
    assert!(bus.publish(vec![event("a", 1)]).await.is_err());
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_error_and_no_loss() {
    let (folder, path) = place();
    let bus = open(&path);
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await.expect("subscribed");
    bus.publish(vec![event("a", 1)]).await.expect("published");
    recorder.until_handled(1).await;

    let elsewhere = folder.path().join("elsewhere.db");
    std::fs::rename(&path, &elsewhere).expect("moved");
    assert!(bus.publish(vec![event("a", 2)]).await.is_err());
    std::fs::write(&path, "another file").expect("written");
    assert!(bus.publish(vec![event("a", 2)]).await.is_err());

    std::fs::rename(&elsewhere, &path).expect("moved back");
    bus.publish(vec![event("a", 2)]).await.expect("published again");
    recorder.until_handled(2).await;
    assert_eq!(recorder.sequences()["a"], [1, 2]);
    bus.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_locked_is_an_error_and_no_loss() {
    let (_folder, path) = place();
    let bus = open(&path);
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await.expect("subscribed");
    let other = rusqlite::Connection::open(&path).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    assert!(bus.publish(vec![event("a", 1)]).await.is_err());
    other.execute_batch("ROLLBACK").expect("unlocked");
    bus.publish(vec![event("a", 1)]).await.expect("published again");
    recorder.until_handled(1).await;
    bus.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_publishers_share_commits() {
    let (_folder, path) = place();
    let bus = open(&path);
    let before = bus.commits();
    let tasks: Vec<_> = (0..64)
        .map(|publisher| {
            let bus = bus.clone();
            tokio::spawn(async move {
                for sequence in 1..=10 {
                    bus.publish(vec![event(&format!("a{publisher}"), sequence)]).await.expect("published");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let commits = bus.commits() - before;
    assert!(commits < 320, "640 publications took {commits} commits");
    let page = bus.ledger().expect("opened").events(&EventFilter::default(), 1000, None).expect("listed");
    assert_eq!(page.items.len(), 640);
}

#[derive(Default)]
struct Latencies(Mutex<Vec<(String, Duration)>>);

impl Observer for Latencies {
    fn handled(&self, consumer: &str, kind: &str, latency: Duration) {
        self.0.lock().expect("not poisoned").push((format!("{consumer} {kind}"), latency));
    }
}

#[tokio::test]
async fn it_counts_what_it_does() {
    let (_folder, path) = place();
    let latencies = Arc::new(Latencies::default());
    let options = Options { observer: Some(latencies.clone()), ..Options::default() };
    let bus = Bus::open(&path, options).expect("opened");
    let recorder = Recorder::failing(|delivery| delivery.event.sequence == 2);
    let retry = RetryPolicy { attempts: 2, ..subscription("c").retry };
    bus.publish((1..=3).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    let mut subscriber = bus
        .subscribe(Subscription { retry, ..subscription("c") }, recorder.clone())
        .await
        .expect("subscribed");
    recorder.until_handled(2).await;
    assert!(subscriber.caught_up().await);
    let counted = |counts: &lyceum_events::ConsumerStatistics| {
        (counts.delivered, counts.failed, counts.dead, counts.redelivered, counts.lag)
    };
    // The recorder knows a moment before the bus does.
    while counted(&subscriber.statistics()) != (2, 2, 1, 1, 0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(bus.statistics(), [subscriber.statistics()]);
    let observed = latencies.0.lock().expect("not poisoned").clone();
    assert_eq!(observed.len(), 2);
    let sound = |latency: Duration| latency < Duration::from_mins(1);
    assert!(observed.iter().all(|(what, latency)| what == "c test.happened" && sound(*latency)));
    bus.shutdown().await;
}

#[tokio::test]
async fn old_events_go_once_everybody_is_done() {
    let (_folder, path) = place();
    let clock = TurnedClock::at(1_700_000_000);
    let retention = Some(Duration::from_hours(1));
    let bus =
        Bus::open(&path, Options { clock: clock.clone(), retention, ..Options::default() }).expect("opened");
    let recorder = Recorder::failing(|delivery| delivery.event.sequence == 2);
    let retry = RetryPolicy { attempts: 1, ..subscription("c").retry };
    let mut subscriber = bus
        .subscribe(Subscription { retry, ..subscription("c") }, recorder.clone())
        .await
        .expect("subscribed");
    bus.publish((1..=3).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    recorder.until_handled(2).await;
    assert!(subscriber.caught_up().await);
    clock.turn(Duration::from_hours(2));
    bus.publish(vec![event("a", 4)]).await.expect("published");
    recorder.until_handled(3).await;
    bus.shutdown().await;

    let bus = Bus::open(&path, Options { clock, retention, ..Options::default() }).expect("opened");
    bus.spawn_retention();
    let ledger = bus.ledger().expect("opened");
    let left = || {
        let page = ledger.events(&EventFilter::default(), 10, None).expect("listed");
        page.items.iter().map(|record| record.event.sequence).collect::<Vec<_>>()
    };
    while left().len() > 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(left(), [2, 4], "the dead letter and the young one stay");
}
