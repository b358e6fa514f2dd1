//! What was published stays; what was handled is remembered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{BusUnderTest, Recorder, Storage, event, subscription};
use crate::{Event, Publisher, RetryPolicy, Subscription};

fn events(aggregate: &str, sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    sequences.map(|sequence| event(aggregate, sequence)).collect()
}

fn ids(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.id.clone()).collect()
}

/// After an orderly end everything published is there, whole and in order.
pub async fn published_events_survive_a_restart<S: Storage>(storage: &S) {
    let published = events("a", 1..=100);
    let bus = storage.open().await;
    bus.publish(published.clone()).await.expect("published");
    bus.shutdown().await;

    let bus = storage.open().await;
    let expected = published[41].clone();
    let recorder = Recorder::new(move |delivery| {
        let whole = delivery.event.id != expected.id || delivery.event == expected;
        async move { if whole { Ok(()) } else { Err("changed on the way".into()) } }
    });
    bus.subscribe(subscription("c"), recorder.clone()).await;
    recorder.until_handled(100).await;
    assert_eq!(recorder.handled(), ids(&published));
    assert!(recorder.seen().iter().all(|seen| seen.handled && seen.attempt == 1));
    bus.shutdown().await;
}

/// What `publish` answered is durable at that moment.
pub async fn published_events_survive_a_crash<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    for sequence in 1..=20 {
        bus.publish(vec![event("a", sequence)]).await.expect("published");
    }
    bus.crash().await;

    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await;
    recorder.until_handled(20).await;
    assert_eq!(recorder.sequences()["a"], (1..=20).collect::<Vec<_>>());
    bus.shutdown().await;
}

/// Publishing an id again changes nothing, in the same batch, later, or after a restart.
pub async fn an_id_is_published_once<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 1), event("a", 1), event("a", 2)]).await.expect("published");
    bus.publish(vec![event("a", 1), event("a", 2), event("a", 3)]).await.expect("published again");
    recorder.until_handled(3).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 2), event("a", 4)]).await.expect("published after a restart");
    recorder.until_handled(4).await;
    assert_eq!(recorder.sequences()["a"], [1, 2, 3, 4]);
    bus.shutdown().await;
}

/// Nothing to publish is no error.
pub async fn an_empty_batch_is_fine<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    bus.publish(Vec::new()).await.expect("nothing to do");
    bus.shutdown().await;
}

/// An event whose handler had not answered when the process ended is delivered again.
pub async fn what_a_crash_left_unfinished_comes_again<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let stuck = Recorder::new(|delivery| async move {
        if delivery.event.sequence == 3 {
            std::future::pending::<()>().await;
        }
        Ok(())
    });
    bus.subscribe(subscription("c"), stuck.clone()).await;
    bus.publish(events("a", 1..=5)).await.expect("published");
    stuck.until(|recorder| recorder.handled().len() == 2 && recorder.running() == 1).await;
    bus.crash().await;

    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await;
    recorder
        .until(|recorder| recorder.handled().len() >= 3 && recorder.sequences()["a"].ends_with(&[3, 4, 5]))
        .await;
    let again = recorder.sequences()["a"].clone();
    let expected: Vec<u64> = (6 - u64::try_from(again.len()).expect("few")..=5).collect();
    assert_eq!(again, expected, "in order, without a gap, from wherever progress was written");
    bus.shutdown().await;
}

/// An orderly end writes all progress, also of events handled out of order.
pub async fn nothing_is_repeated_after_a_shutdown<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let told = refuses.clone();
    let recorder =
        Recorder::failing(move |delivery| delivery.event.aggregate_id == "a" && told.load(Ordering::Relaxed));
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(events("a", 1..=3)).await.expect("published");
    bus.publish((0..200).map(|n| event(&format!("b{n}"), 1)).collect()).await.expect("published");
    recorder.until_handled(200).await;
    bus.shutdown().await;

    refuses.store(false, Ordering::Relaxed);
    let bus = storage.open().await;
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 4), event("b0", 2)]).await.expect("published");
    recorder.until_handled(205).await;
    let mut handled = recorder.handled();
    let count = handled.len();
    handled.sort();
    handled.dedup();
    assert_eq!((handled.len(), count), (205, 205), "each exactly once");
    assert_eq!(recorder.sequences()["a"], [1, 2, 3, 4]);
    bus.shutdown().await;
}

/// A failure before a restart counts after it.
pub async fn attempts_are_counted_across_a_restart<S: Storage>(storage: &S) {
    let retry = RetryPolicy { attempts: 3, ..subscription("c").retry };
    // Waits so long that the restart falls into the backoff, but for a very small jitter.
    let patient = RetryPolicy { initial: Duration::from_mins(10), max: Duration::from_mins(10), ..retry };
    let bus = storage.open().await;
    let recorder = Recorder::failing(|_| true);
    bus.subscribe(Subscription { retry: patient, ..subscription("c") }, recorder.clone()).await;
    bus.publish(vec![event("a", 1)]).await.expect("published");
    recorder.until(|recorder| !recorder.seen().is_empty()).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    bus.subscribe(Subscription { retry, ..subscription("c") }, recorder.clone()).await;
    recorder.until(|recorder| recorder.seen().len() >= 3).await;
    super::recorder::eventually(|| async { bus.dead_letters("c").await.len() == 1 }).await;
    let attempts: Vec<u32> = recorder.seen().iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
    bus.shutdown().await;
}
