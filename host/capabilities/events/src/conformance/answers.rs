//! What a handler may answer beside that it did, could not, or lacks something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::recorder::eventually;
use super::{BusUnderTest, Recorder, Storage, event, subscription};
use crate::{Failure, Publisher as _, RetryPolicy, Subscription};

fn waits(recorder: &Recorder) -> usize {
    recorder.seen().iter().filter(|seen| !seen.handled).count()
}

/// The event waits for what another aggregate's brings, and it costs no attempt.
pub async fn an_event_that_comes_too_early_waits_for_what_it_needs<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let book_came = Arc::new(AtomicBool::new(false));
    let came = book_came.clone();
    let recorder = Recorder::new(move |delivery| {
        let is_book = delivery.event.aggregate_id == "book";
        let may = is_book || came.load(Ordering::Relaxed);
        came.fetch_or(is_book, Ordering::Relaxed);
        async move { if may { Ok(()) } else { Err(Failure::NotYet("the book".to_owned())) } }
    });
    let retry = RetryPolicy { attempts: 2, ..subscription("c").retry };
    bus.subscribe(Subscription { retry, ..subscription("c") }, recorder.clone()).await;
    bus.publish(vec![event("copy", 1), event("copy", 2)]).await.expect("published");
    recorder.until(|recorder| waits(recorder) >= 10).await;
    bus.publish(vec![event("book", 1)]).await.expect("published");
    recorder.until_handled(3).await;
    assert_eq!(recorder.sequences()["copy"], [1, 2], "in order");
    assert!(recorder.seen().iter().all(|seen| seen.attempt == 1), "{:?}", recorder.seen());
    assert!(bus.dead_letters("c").await.is_empty());
    bus.shutdown().await;
}

/// It doesn't wait for ever, and its successors flow then.
pub async fn an_event_that_waits_in_vain_is_a_dead_letter<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::new(|delivery| async move {
        if delivery.event.sequence == 1 { Err(Failure::NotYet("the book".to_owned())) } else { Ok(()) }
    });
    let retry = RetryPolicy { patience: Duration::from_millis(100), ..subscription("c").retry };
    bus.subscribe(Subscription { retry, ..subscription("c") }, recorder.clone()).await;
    bus.publish(vec![event("copy", 1), event("copy", 2)]).await.expect("published");
    recorder.until_handled(1).await;
    assert_eq!(recorder.sequences()["copy"], [2]);
    assert!(waits(&recorder) > 1, "{:?}", recorder.seen());
    eventually(|| async { bus.dead_letters("c").await == ["test.happened-copy-1"] }).await;
    bus.shutdown().await;
}

/// What the rules forbid is answered: no other attempt, no dead letter.
pub async fn a_refused_event_is_handled<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::new(|delivery| async move {
        if delivery.event.sequence == 1 { Err(Failure::Refused("no seats left".to_owned())) } else { Ok(()) }
    });
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish((1..=3).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    recorder.until_handled(2).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 4)]).await.expect("published");
    recorder.until_handled(3).await;
    let seen: Vec<_> = recorder.seen().iter().map(|seen| (seen.sequence, seen.attempt)).collect();
    assert_eq!(seen, [(1, 1), (2, 1), (3, 1), (4, 1)], "each once, in order");
    assert!(bus.dead_letters("c").await.is_empty());
    bus.shutdown().await;
}

/// What can never be handled is given up at once, and holds nobody up.
pub async fn a_broken_event_is_a_dead_letter_at_once<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::new(|delivery| async move {
        if delivery.event.sequence == 1 { Err(Failure::Broken("no JSON".to_owned())) } else { Ok(()) }
    });
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish((1..=2).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    recorder.until_handled(1).await;
    assert_eq!(recorder.seen().len(), 2, "{:?}", recorder.seen());
    eventually(|| async { bus.dead_letters("c").await == ["test.happened-a-1"] }).await;
    bus.shutdown().await;
}
