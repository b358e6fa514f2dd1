//! Events whose handler lacks something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{BusUnderTest, Recorder, Storage, event, subscription};
use crate::{Failure, Publisher as _, RetryPolicy, Subscription};

/// Gives up after two attempts.
fn impatient(consumer: &str) -> Subscription {
    let retry = RetryPolicy { attempts: 2, ..subscription(consumer).retry };
    Subscription { retry, ..subscription(consumer) }
}

/// Lacks something for the aggregate `a` during an outage. Fails its first event once, after that.
fn dependent(outage: &Arc<AtomicBool>) -> Arc<Recorder> {
    let outage = outage.clone();
    Recorder::new(move |delivery| {
        let concerned = delivery.event.aggregate_id == "a";
        let lacks = concerned && outage.load(Ordering::Relaxed);
        let fails = concerned && delivery.event.sequence == 1 && delivery.attempt == 1;
        async move {
            match (lacks, fails) {
                (true, _) => Err(Failure::Unavailable("the store is down".to_owned())),
                (_, true) => Err("told to fail".into()),
                _ => Ok(()),
            }
        }
    })
}

fn refused(recorder: &Recorder) -> usize {
    recorder.seen().iter().filter(|seen| !seen.handled).count()
}

/// However often it is tried meanwhile, it is no dead letter, and has all its attempts afterwards.
pub async fn an_event_waits_for_what_is_not_available<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let outage = Arc::new(AtomicBool::new(true));
    let recorder = dependent(&outage);
    bus.subscribe(impatient("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 1), event("a", 2), event("b", 1)]).await.expect("published");
    recorder.until(|recorder| refused(recorder) >= 20 && recorder.handled().len() == 1).await;
    assert_eq!(recorder.handled(), ["test.happened-b-1"], "others flow");
    assert!(recorder.seen().iter().all(|seen| seen.attempt == 1), "{:?}", recorder.seen());
    outage.store(false, Ordering::Relaxed);
    recorder.until_handled(3).await;
    assert_eq!(recorder.sequences()["a"], [1, 2], "in order");
    let last = recorder.seen().iter().rfind(|seen| seen.aggregate == "a" && seen.sequence == 1).cloned();
    assert_eq!(last.map(|seen| seen.attempt), Some(2), "the failure afterwards was the first");
    assert!(bus.dead_letters("c").await.is_empty());
    bus.shutdown().await;
}

/// Nor does a restart in the midst of it count them.
pub async fn an_outage_costs_no_attempt_over_a_restart<S: Storage>(storage: &S) {
    let outage = Arc::new(AtomicBool::new(true));
    for _ in 0..3 {
        let bus = storage.open().await;
        let recorder = dependent(&outage);
        bus.subscribe(impatient("c"), recorder.clone()).await;
        bus.publish(vec![event("a", 1)]).await.expect("published");
        recorder.until(|recorder| refused(recorder) >= 3).await;
        assert!(recorder.seen().iter().all(|seen| seen.attempt == 1), "{:?}", recorder.seen());
        bus.shutdown().await;
    }
    outage.store(false, Ordering::Relaxed);
    let bus = storage.open().await;
    let recorder = dependent(&outage);
    bus.subscribe(impatient("c"), recorder.clone()).await;
    recorder.until_handled(1).await;
    assert!(bus.dead_letters("c").await.is_empty());
    bus.shutdown().await;
}
