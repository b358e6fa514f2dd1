//! The log and the dead letters as an operator sees them, from another process.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::time::{Duration, SystemTime};

use lyceum_events::conformance::{Recorder, event, event_of, subscription};
use lyceum_events::{Bus, Error, EventFilter, Ledger, Options, Publisher, RetryPolicy, Subscription};
use tempfile::TempDir;

/// Ten events of two kinds and two aggregates; `test.happened` died at the consumer `c`.
async fn written() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let bus = Bus::open(folder.path().join("events.db"), Options::default()).expect("opened");
    let happened = (1..=5).map(|sequence| event("a", sequence));
    let other = (1..=5).map(|sequence| event_of("test.other", "b", sequence));
    bus.publish(happened.chain(other).collect()).await.expect("published");
    for consumer in ["c", "d"] {
        let recorder = Recorder::failing(|_| true);
        let retry = RetryPolicy { attempts: 1, ..subscription(consumer).retry };
        bus.subscribe(Subscription { retry, ..subscription(consumer) }, recorder.clone())
            .await
            .expect("subscribed");
        recorder.until(|recorder| recorder.seen().len() == 5).await;
    }
    bus.shutdown().await;
    folder
}

fn ledger(folder: &TempDir) -> Ledger {
    Ledger::open(folder.path().join("events.db")).expect("opened")
}

#[tokio::test]
async fn events_are_listed_by_page_and_filter() {
    let folder = written().await;
    let ledger = ledger(&folder);
    let mut ids = Vec::new();
    let mut cursor = None;
    loop {
        let page = ledger.events(&EventFilter::default(), 4, cursor.as_deref()).expect("listed");
        assert!(page.items.len() <= 4);
        ids.extend(page.items.into_iter().map(|record| record.event.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 10);
    assert_eq!(ids[9], "test.other-b-5");

    let count = |filter: EventFilter| ledger.events(&filter, 100, None).expect("listed").items.len();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(count(EventFilter { kind: text("test.other"), ..EventFilter::default() }), 5);
    assert_eq!(count(EventFilter { aggregate_id: text("a"), ..EventFilter::default() }), 5);
    assert_eq!(count(EventFilter { aggregate_type: text("none"), ..EventFilter::default() }), 0);
    let (past, future) = (SystemTime::UNIX_EPOCH, SystemTime::now() + Duration::from_hours(1));
    assert_eq!(count(EventFilter { since: Some(past), ..EventFilter::default() }), 10);
    assert_eq!(count(EventFilter { since: Some(future), ..EventFilter::default() }), 0);
    let bad = ledger.events(&EventFilter::default(), 1, Some("x"));
    assert_eq!(bad, Err(Error::BadCursor("x".to_owned())));
}

#[tokio::test]
async fn dead_letters_are_listed_by_consumer_and_page() {
    let folder = written().await;
    let ledger = ledger(&folder);
    let first = ledger.dead_letters(None, 7, None).expect("listed");
    let second = ledger.dead_letters(None, 7, first.next.as_deref()).expect("listed");
    assert_eq!((first.items.len(), second.items.len(), second.next), (7, 3, None));
    let of_d = ledger.dead_letters(Some("d"), 100, None).expect("listed").items;
    let sequences: Vec<u64> = of_d.iter().map(|letter| letter.record.event.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5]);
    assert!(of_d.iter().all(|letter| letter.attempts == 1 && letter.error == "told to fail"));
    assert!(ledger.dead_letters(None, 1, Some("nonsense")).is_err());
}

#[tokio::test]
async fn one_event_is_shown_with_its_dead_letters() {
    let folder = written().await;
    let ledger = ledger(&folder);
    let (record, letters) = ledger.show("test.happened-a-2").expect("read").expect("found");
    assert_eq!(record.event, event("a", 2));
    let consumers: Vec<&str> = letters.iter().map(|letter| letter.consumer.as_str()).collect();
    assert_eq!(consumers, ["c", "d"]);
    assert_eq!(ledger.show("none"), Ok(None));
}

#[tokio::test]
async fn a_replay_asked_for_while_nothing_runs_happens_at_the_next_start() {
    let folder = written().await;
    let ledger = ledger(&folder);
    ledger.replay("c", "test.happened-a-2").expect("asked");
    ledger.drop_dead_letter("c", "test.happened-a-3").expect("dropped");
    let unknown = ledger.drop_dead_letter("c", "test.happened-a-3");
    assert!(matches!(unknown, Err(Error::NoSuchDeadLetter { .. })));

    let bus = Bus::open(folder.path().join("events.db"), Options::default()).expect("opened");
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await.expect("subscribed");
    recorder.until_handled(1).await;
    bus.shutdown().await;
    assert_eq!(recorder.handled(), ["test.happened-a-2"]);
    let left = ledger.dead_letters(Some("c"), 100, None).expect("listed").items;
    let sequences: Vec<u64> = left.iter().map(|letter| letter.record.event.sequence).collect();
    assert_eq!(sequences, [1, 4, 5]);
}

#[tokio::test]
async fn a_lane_that_is_held_up_is_shown() {
    let folder = TempDir::new().expect("a folder");
    let bus = Bus::open(folder.path().join("events.db"), Options::default()).expect("opened");
    let recorder = Recorder::failing(|_| true);
    bus.subscribe(subscription("c"), recorder.clone()).await.expect("subscribed");
    bus.publish(vec![event("a", 1)]).await.expect("published");
    recorder.until(|recorder| recorder.seen().len() > 1).await;
    bus.shutdown().await;
    let blocked = ledger(&folder).blocked(Some("c"), 10).expect("listed");
    assert_eq!(blocked.len(), 1);
    assert_eq!((blocked[0].aggregate_id.as_str(), blocked[0].error.as_str()), ("a", "told to fail"));
    assert!(blocked[0].attempts > 1);
    assert_eq!(ledger(&folder).blocked(Some("d"), 10), Ok(Vec::new()));
}

#[test]
fn a_file_that_is_not_there_is_not_made() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("events.db");
    assert_eq!(Ledger::open(&path).err(), Some(Error::NoSuchFile(path.clone())));
    assert!(!path.exists());
}
