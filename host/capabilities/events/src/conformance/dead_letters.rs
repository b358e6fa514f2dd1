//! Events that fail for good, and what an operator does with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::recorder::eventually;
use super::{BusUnderTest, Recorder, Storage, event, subscription};
use crate::{Publisher, RetryPolicy, Subscription};

/// Gives up after three attempts.
fn impatient(consumer: &str) -> Subscription {
    let retry = RetryPolicy { attempts: 3, ..subscription(consumer).retry };
    Subscription { retry, ..subscription(consumer) }
}

/// Fails the first event of `a` while `refuses` is set.
fn poisoned(refuses: &Arc<AtomicBool>) -> Arc<Recorder> {
    let refuses = refuses.clone();
    Recorder::failing(move |delivery| {
        delivery.event.aggregate_id == "a" && delivery.event.sequence == 1 && refuses.load(Ordering::Relaxed)
    })
}

/// Publishes three events of `a`, of which the first becomes a dead letter.
async fn bury_one<B: BusUnderTest>(bus: &B, recorder: &Recorder) {
    bus.publish((1..=3).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    recorder.until_handled(2).await;
    assert_eq!(bus.dead_letters("c").await, ["test.happened-a-1"]);
}

/// After the last attempt the successors come, and `sequence` shows what is missing.
pub async fn after_a_dead_letter_its_successors_flow<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = poisoned(&Arc::new(AtomicBool::new(true)));
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    let seen: Vec<_> =
        recorder.seen().iter().map(|seen| (seen.sequence, seen.attempt, seen.handled)).collect();
    assert_eq!(seen, [(1, 1, false), (1, 2, false), (1, 3, false), (2, 1, true), (3, 1, true)]);
    bus.shutdown().await;
}

/// It is written before its successors are delivered, so a crash does not revive it.
pub async fn a_dead_letter_stays_dead_after_a_crash<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = poisoned(&Arc::new(AtomicBool::new(true)));
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    bus.crash().await;

    let bus = storage.open().await;
    let after = poisoned(&Arc::new(AtomicBool::new(true)));
    bus.subscribe(impatient("c"), after.clone()).await;
    bus.publish(vec![event("a", 4)]).await.expect("published");
    after.until(|recorder| recorder.handled().last().is_some_and(|id| id == "test.happened-a-4")).await;
    assert!(after.seen().iter().all(|seen| seen.sequence > 1), "{:?}", after.seen());
    assert_eq!(bus.dead_letters("c").await, ["test.happened-a-1"]);
    bus.shutdown().await;
}

/// An operator has it delivered again: attempts count from 1, and handled it is a dead letter no more.
pub async fn a_replayed_dead_letter_is_delivered_again<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let recorder = poisoned(&refuses);
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    refuses.store(false, Ordering::Relaxed);
    bus.replay("c", "test.happened-a-1").await;
    recorder.until_handled(3).await;
    let last = recorder.seen().last().cloned().expect("seen");
    assert_eq!((last.sequence, last.attempt, last.handled), (1, 1, true));
    eventually(|| async { bus.dead_letters("c").await.is_empty() }).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    let after = Recorder::willing();
    bus.subscribe(impatient("c"), after.clone()).await;
    bus.publish(vec![event("a", 4)]).await.expect("published");
    after.until_handled(1).await;
    assert_eq!(after.sequences()["a"], [4], "nothing is repeated");
    bus.shutdown().await;
}

/// A replay has all its attempts, then it is a dead letter as before.
pub async fn a_replay_that_fails_is_a_dead_letter_again<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let recorder = poisoned(&refuses);
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    bus.replay("c", "test.happened-a-1").await;
    recorder.until(|recorder| recorder.seen().len() == 8).await;
    let attempts: Vec<u32> = recorder.seen()[5..].iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
    bus.publish(vec![event("a", 4)]).await.expect("published");
    recorder.until_handled(3).await;
    assert_eq!(bus.dead_letters("c").await, ["test.happened-a-1"]);
    refuses.store(false, Ordering::Relaxed);
    // Asked for only once the last outcome is written, or that would overwrite it.
    eventually(|| async {
        bus.replay("c", "test.happened-a-1").await;
        recorder.handled().len() == 4 || recorder.running() > 0
    })
    .await;
    recorder.until_handled(4).await;
    bus.shutdown().await;
}

/// A replay writes over it; whoever lists meanwhile sees what was there or what is there now.
pub async fn a_dead_letter_that_changes_is_listed_once<S: Storage>(storage: &S) {
    const LISTINGS: usize = 100;
    let bus = storage.open().await;
    let recorder = poisoned(&Arc::new(AtomicBool::new(true)));
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    let listed = async {
        for _ in 0..LISTINGS {
            assert_eq!(bus.dead_letters("c").await, ["test.happened-a-1"]);
        }
    };
    let replayed = async {
        loop {
            bus.replay("c", "test.happened-a-1").await;
            // A ledger that answers at once would not let anybody list.
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = listed => {}
        () = replayed => {}
    }
    bus.shutdown().await;
}

/// A successor may need what died: the replay does not wait for it, nor run beside it.
pub async fn a_replay_runs_while_its_successor_backs_off<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let (refuses, handled) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (told, first_handled) = (refuses.clone(), handled.clone());
    let recorder = Recorder::failing(move |delivery| match delivery.event.sequence {
        1 if told.load(Ordering::Relaxed) => true,
        1 => {
            first_handled.store(true, Ordering::Relaxed);
            false
        }
        _ => !first_handled.load(Ordering::Relaxed),
    });
    let patient = subscription("c");
    let retry = RetryPolicy { attempts: 3, ..patient.retry };
    bus.subscribe(Subscription { retry, ..patient.clone() }, recorder.clone()).await;
    bus.publish(vec![event("a", 1)]).await.expect("published");
    eventually(|| async { bus.dead_letters("c").await.len() == 1 }).await;
    bus.shutdown().await;

    // From here on nothing dies, however long the successor fails.
    let bus = storage.open().await;
    bus.subscribe(patient, recorder.clone()).await;
    bus.publish(vec![event("a", 2)]).await.expect("published");
    recorder.until(|recorder| recorder.seen().iter().any(|seen| seen.sequence == 2)).await;
    refuses.store(false, Ordering::Relaxed);
    bus.replay("c", "test.happened-a-1").await;
    recorder.until_handled(2).await;
    assert_eq!(recorder.sequences()["a"], [1, 2]);
    bus.shutdown().await;
}

/// An operator gives it up: it is neither listed nor delivered again.
pub async fn a_dropped_dead_letter_is_gone<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = poisoned(&Arc::new(AtomicBool::new(true)));
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bury_one(&bus, &recorder).await;
    bus.drop_dead_letter("c", "test.happened-a-1").await;
    assert!(bus.dead_letters("c").await.is_empty());
    bus.crash().await;

    let bus = storage.open().await;
    let after = Recorder::willing();
    bus.subscribe(impatient("c"), after.clone()).await;
    bus.publish(vec![event("a", 4)]).await.expect("published");
    after.until(|recorder| recorder.handled().last().is_some_and(|id| id == "test.happened-a-4")).await;
    assert!(after.seen().iter().all(|seen| seen.sequence > 1), "{:?}", after.seen());
    bus.shutdown().await;
}

/// A panic is a failure of that attempt and of nothing else.
pub async fn a_handler_that_panics_has_failed<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::new(|delivery| async move {
        assert!(delivery.event.sequence != 1 || delivery.attempt > 1, "told to panic");
        Ok(())
    });
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 1), event("a", 2)]).await.expect("published");
    recorder.until_handled(2).await;
    assert_eq!(recorder.sequences()["a"], [1, 2]);
    assert_eq!(recorder.seen()[0].attempt, 2);
    bus.shutdown().await;
}
