//! Who gets what.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{BusUnderTest, Recorder, Storage, event, event_of, subscription};
use crate::{Publisher, RetryPolicy, Subscription};

/// Each has its own progress and its own failures.
pub async fn subscribers_are_independent<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let (refusing, willing, late) = (Recorder::failing(|_| true), Recorder::willing(), Recorder::willing());
    let retry = RetryPolicy { attempts: 1, ..subscription("refusing").retry };
    bus.subscribe(Subscription { retry, ..subscription("refusing") }, refusing.clone()).await;
    bus.subscribe(subscription("willing"), willing.clone()).await;
    bus.publish((1..=30).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    willing.until_handled(30).await;
    refusing.until(|recorder| recorder.seen().len() == 30).await;
    super::recorder::eventually(|| async { bus.dead_letters("refusing").await.len() == 30 }).await;
    assert!(bus.dead_letters("willing").await.is_empty());
    bus.subscribe(subscription("late"), late.clone()).await;
    late.until_handled(30).await;
    for recorder in [willing, late] {
        assert_eq!(recorder.sequences()["a"], (1..=30).collect::<Vec<_>>());
    }
    bus.shutdown().await;
}

/// One whose handlers never answer does not keep publishers or other consumers waiting.
pub async fn a_slow_subscriber_holds_nobody<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let slow = Recorder::new(|_| std::future::pending());
    let fast = Recorder::willing();
    bus.subscribe(subscription("slow"), slow.clone()).await;
    bus.subscribe(subscription("fast"), fast.clone()).await;
    for round in 1..=50 {
        let batch = (0..100).map(|aggregate| event(&format!("a{aggregate}"), round)).collect();
        bus.publish(batch).await.expect("published");
    }
    fast.until_handled(5000).await;
    assert!(slow.handled().is_empty());
    bus.crash().await;
}

/// The subscription's `concurrency` is kept.
pub async fn no_more_handlers_run_than_asked_for<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let gate = Arc::new(Semaphore::new(0));
    let waiting = gate.clone();
    let recorder = Recorder::new(move |_| {
        let gate = waiting.clone();
        async move {
            gate.acquire()
                .await
                .map(tokio::sync::SemaphorePermit::forget)
                .map_err(|error| error.to_string().into())
        }
    });
    bus.subscribe(Subscription { concurrency: 3, ..subscription("c") }, recorder.clone()).await;
    bus.publish((0..20).map(|n| event(&format!("a{n}"), 1)).collect()).await.expect("published");
    recorder.until(|recorder| recorder.running() == 3).await;
    gate.add_permits(20);
    recorder.until_handled(20).await;
    assert_eq!(recorder.most_at_once(), 3);
    bus.shutdown().await;
}

/// Other kinds are passed over, also when they are many; no kinds means all.
pub async fn only_wanted_kinds_are_delivered<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let (some, all) = (Recorder::willing(), Recorder::willing());
    bus.subscribe(
        Subscription { kinds: vec!["wanted".into(), "too".into()], ..subscription("some") },
        some.clone(),
    )
    .await;
    bus.subscribe(Subscription { kinds: Vec::new(), ..subscription("all") }, all.clone()).await;
    bus.publish((1..=3000).map(|n| event_of("other", "a", n)).collect()).await.expect("published");
    bus.publish(vec![
        event_of("wanted", "a", 3001),
        event_of("other", "a", 3002),
        event_of("too", "a", 3003),
    ])
    .await
    .expect("published");
    some.until_handled(2).await;
    assert_eq!(some.handled(), ["wanted-a-3001", "too-a-3003"]);
    all.until_handled(3003).await;
    bus.shutdown().await;
}

/// `replay_at_start` brings back what is young, handled or not.
pub async fn memory_is_filled_again_at_start<S: Storage>(storage: &S) {
    let in_memory = Subscription { replay_at_start: Some(Duration::from_hours(1)), ..subscription("c") };
    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(in_memory.clone(), recorder.clone()).await;
    bus.publish((1..=50).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    recorder.until_handled(50).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    let after = Recorder::willing();
    bus.subscribe(in_memory.clone(), after.clone()).await;
    bus.caught_up().await;
    assert_eq!(after.handled().len(), 50, "it is told when all is there");
    assert_eq!(after.sequences()["a"], (1..=50).collect::<Vec<_>>());
    bus.shutdown().await;

    let bus = storage.open().await;
    let later = Recorder::willing();
    let forgetful = Subscription { replay_at_start: Some(Duration::ZERO), ..in_memory };
    bus.subscribe(forgetful, later.clone()).await;
    bus.publish(vec![event("a", 51)]).await.expect("published");
    later.until_handled(1).await;
    assert_eq!(later.sequences()["a"], [51], "what is older does not come back");
    bus.shutdown().await;
}
