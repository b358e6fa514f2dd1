//! An operator has events delivered again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use super::recorder::eventually;
use super::{BusUnderTest, Recorder, Storage, event, subscription};
use crate::{Error, Publisher, RetryPolicy, Rewind, Subscription};

/// From a position or a time on, in order, while it runs; another consumer gets nothing twice, and what comes later
/// comes once.
pub async fn a_rewound_consumer_gets_its_events_again<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let (rewound, other) = (Recorder::willing(), Recorder::willing());
    bus.subscribe(subscription("c"), rewound.clone()).await;
    bus.subscribe(subscription("other"), other.clone()).await;
    for sequence in 1..=3 {
        bus.publish(vec![event("a", sequence), event("b", sequence)]).await.expect("published");
    }
    rewound.until(|recorder| passes(recorder).iter().all(|passes| *passes == 1)).await;
    assert_eq!(bus.rewind("c", Rewind::From(3)).await, Ok(3));
    rewound.until(|recorder| passes(recorder).iter().all(|passes| *passes == 2)).await;
    assert_eq!(bus.rewind("c", Rewind::Since(SystemTime::UNIX_EPOCH)).await, Ok(1));
    rewound.until(|recorder| passes(recorder).iter().all(|passes| *passes == 3)).await;
    bus.publish(vec![event("a", 4), event("b", 4)]).await.expect("published");
    other.until_handled(8).await;
    rewound.until(|recorder| recorder.handled().iter().filter(|id| id.ends_with("-4")).count() == 2).await;
    for aggregate in ["a", "b"] {
        assert_eq!(other.sequences()[aggregate], [1, 2, 3, 4]);
        let all = &rewound.sequences()[aggregate];
        // What was handled a moment before may come again as well.
        let second = if all.get(3) == Some(&1) { &[1, 2, 3][..] } else { &[2, 3] };
        assert_eq!(*all, [&[1, 2, 3], second, &[1, 2, 3, 4]].concat());
    }
    bus.shutdown().await;

    let bus = storage.open().await;
    let after = Recorder::willing();
    bus.subscribe(subscription("c"), after.clone()).await;
    bus.publish(vec![event("a", 5)]).await.expect("published");
    after.until_handled(1).await;
    assert_eq!(after.sequences()["a"], [5], "a wish is fulfilled once");
    bus.shutdown().await;
}

/// How often each aggregate was handled up to its third event.
fn passes(recorder: &Recorder) -> [usize; 2] {
    ["a", "b"].map(|aggregate| {
        let handled = recorder.sequences();
        handled.get(aggregate).map_or(0, |all| all.iter().filter(|sequence| **sequence == 3).count())
    })
}

/// It has all its attempts again, and handled it is a dead letter no more.
pub async fn a_dead_letter_is_rewound_with_the_rest<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let refusing = refuses.clone();
    let recorder =
        Recorder::failing(move |delivery| delivery.event.sequence == 1 && refusing.load(Ordering::Relaxed));
    let retry = RetryPolicy { attempts: 2, ..subscription("c").retry };
    bus.subscribe(Subscription { retry, ..subscription("c") }, recorder.clone()).await;
    bus.publish(vec![event("a", 1), event("a", 2)]).await.expect("published");
    recorder.until_handled(1).await;
    eventually(|| async { bus.dead_letters("c").await.len() == 1 }).await;
    refuses.store(false, Ordering::Relaxed);
    bus.rewind("c", Rewind::From(1)).await.expect("rewound");
    recorder.until_handled(3).await;
    let handled: Vec<_> =
        recorder.seen().iter().filter(|seen| seen.handled).map(|seen| seen.sequence).collect();
    assert_eq!(handled, [2, 1, 2]);
    eventually(|| async { bus.dead_letters("c").await.is_empty() }).await;
    bus.shutdown().await;
}

/// A wrong name is told.
pub async fn an_unknown_consumer_can_not_be_rewound<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let recorder = Recorder::willing();
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish(vec![event("a", 1)]).await.expect("published");
    recorder.until_handled(1).await;
    assert_eq!(bus.rewind("d", Rewind::From(1)).await, Err(Error::NoSuchConsumer("d".to_owned())));
    bus.shutdown().await;
}
