//! Where consumers begin, with all of their kinds or with one that is new to them.

use std::sync::Arc;

use super::{BusUnderTest, Recorder, Storage, event, event_of, subscription};
use crate::{Publisher as _, Start, Subscription};

fn wants(kinds: &[(&str, Start)]) -> Subscription {
    Subscription {
        kinds: kinds.iter().map(|(kind, _)| (*kind).to_owned()).collect(),
        starts: kinds.iter().map(|(kind, start)| ((*kind).to_owned(), *start)).collect(),
        ..subscription("c")
    }
}

/// A consumer that starts with `Start::Now` gets nothing older, and keeps its place from then on.
pub async fn a_consumer_may_start_with_what_comes<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    bus.publish(vec![event("a", 1)]).await.expect("published");
    let recorder = Recorder::willing();
    let now = Subscription { start: Start::Now, ..subscription("c") };
    bus.subscribe(now.clone(), recorder.clone()).await;
    bus.publish(vec![event("a", 2)]).await.expect("published");
    recorder.until_handled(1).await;
    bus.shutdown().await;

    let bus = storage.open().await;
    bus.publish(vec![event("a", 3)]).await.expect("published while nobody listened");
    bus.subscribe(now, recorder.clone()).await;
    recorder.until_handled(2).await;
    assert_eq!(recorder.sequences()["a"], [2, 3]);
    bus.shutdown().await;
}

/// Each kind has its own beginning.
pub async fn a_consumer_may_start_with_each_kind_elsewhere<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    bus.publish(vec![event_of("old", "a", 1), event_of("new", "a", 2)]).await.expect("published");
    let recorder = Recorder::willing();
    bus.subscribe(wants(&[("old", Start::Beginning), ("new", Start::Now)]), recorder.clone()).await;
    bus.publish(vec![event_of("new", "a", 3), event_of("old", "a", 4)]).await.expect("published");
    recorder.until_handled(3).await;
    assert_eq!(recorder.sequences()["a"], [1, 3, 4]);
    bus.shutdown().await;
}

async fn first<S: Storage>(storage: &S) -> Arc<Recorder> {
    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(wants(&[("known", Start::Now)]), recorder.clone()).await;
    bus.publish(vec![
        event_of("added", "a", 1),
        event_of("known", "a", 2),
        event_of("added", "a", 3),
        event_of("known", "b", 1),
    ])
    .await
    .expect("published");
    recorder.until_handled(2).await;
    bus.shutdown().await;
    recorder
}

/// Of a kind that is added and begins with what comes, nothing older comes.
pub async fn an_added_kind_may_start_with_what_comes<S: Storage>(storage: &S) {
    let recorder = first(storage).await;
    for round in [4, 5] {
        let bus = storage.open().await;
        bus.subscribe(wants(&[("known", Start::Now), ("added", Start::Now)]), recorder.clone()).await;
        // The consumer has the kind from when it is delivered to: what follows may be tried before.
        bus.publish(vec![event_of("known", "a", round)]).await.expect("published");
        recorder.until(|recorder| recorder.sequences()["a"].contains(&round)).await;
        bus.publish(vec![event_of("added", "a", round + 10)]).await.expect("published");
        recorder.until(|recorder| recorder.sequences()["a"].contains(&(round + 10))).await;
        bus.shutdown().await;
    }
    assert_eq!(recorder.sequences()["a"], [2, 4, 14, 5, 15]);
}

/// Of a kind that is added and begins at the beginning, all comes, in order, and nothing else comes again.
pub async fn an_added_kind_may_start_at_the_beginning<S: Storage>(storage: &S) {
    let recorder = first(storage).await;
    for round in [4, 5] {
        let bus = storage.open().await;
        bus.subscribe(wants(&[("known", Start::Now), ("added", Start::Beginning)]), recorder.clone()).await;
        bus.publish(vec![event_of("known", "a", round)]).await.expect("published");
        recorder.until(|recorder| recorder.sequences()["a"].contains(&round)).await;
        bus.shutdown().await;
    }
    assert_eq!(recorder.sequences()["a"], [2, 1, 3, 4, 5]);
    assert_eq!(recorder.sequences()["b"], [1]);
}

/// Handlers are told as whom they get an event, so that two consumers of one component don't take each other's for a
/// repetition.
pub async fn a_handler_is_told_the_consumers_name<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::new(|delivery| async move {
        match delivery.consumer.as_deref() {
            Some("c") => Ok(()),
            other => Err(format!("told {other:?}").into()),
        }
    });
    bus.publish(vec![event("a", 1)]).await.expect("published");
    bus.subscribe(subscription("c"), recorder.clone()).await;
    recorder.until(|recorder| !recorder.seen().is_empty()).await;
    assert_eq!(recorder.handled(), ["test.happened-a-1"]);
    bus.shutdown().await;
}
