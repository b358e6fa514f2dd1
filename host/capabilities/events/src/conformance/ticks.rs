//! Time as events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{BusUnderTest, Recorder, Storage, TurnedClock, event, subscription};
use crate::{Failure, Publisher as _, RetryPolicy, Subscription};

/// The 28,333,379th minute, ten seconds before an hour begins.
const BEFORE_THE_HOUR: u64 = 1_700_002_790;
const TICKS: [&str; 2] = ["lyceum.tick.minute", "lyceum.tick.hour"];

/// Alone and one at a time, so that the order in which ticks are seen is theirs.
fn ticks(consumer: &str) -> Subscription {
    let kinds = TICKS.map(str::to_owned).to_vec();
    Subscription { kinds, concurrency: 1, ..subscription(consumer) }
}

/// Those of the unit that runs come at once, the others when their units begin.
pub async fn every_minute_and_hour_ticks_once<S: Storage>(storage: &S) {
    let clock = TurnedClock::at(BEFORE_THE_HOUR);
    let bus = storage.open_at(clock.clone()).await;
    let recorder = Recorder::willing();
    bus.subscribe(ticks("c"), recorder.clone()).await;
    bus.spawn_ticks();
    bus.spawn_ticks();
    recorder.until_handled(2).await;
    // Into the next minute, which begins an hour; within it; and into the one after.
    for handled in [4, 4, 5] {
        clock.turn(Duration::from_secs(30));
        recorder.until_handled(handled).await;
    }
    let mut handled = recorder.handled();
    handled.sort();
    let minutes = ["tick-minute-28333379", "tick-minute-28333380", "tick-minute-28333381"];
    assert_eq!(handled[..2], ["tick-hour-472222", "tick-hour-472223"]);
    assert_eq!(handled[2..], minutes);
    bus.shutdown().await;
}

/// Whoever could handle none for an hour is given one, which says which was the last.
pub async fn ticks_of_an_outage_are_one<S: Storage>(storage: &S) {
    let clock = TurnedClock::at(BEFORE_THE_HOUR);
    let bus = storage.open_at(clock.clone()).await;
    let outage = Arc::new(AtomicBool::new(false));
    let lacks = outage.clone();
    let recorder = Recorder::new(move |delivery| {
        let data: serde_json::Value = serde_json::from_slice(&delivery.event.body).unwrap_or_default();
        let previous = data["data"]["previous"].as_i64();
        let expected = (delivery.event.id == "tick-minute-28333439").then_some(28_333_379);
        let lacks = lacks.load(Ordering::Relaxed);
        async move {
            match lacks {
                true => Err(Failure::Unavailable("the store is down".to_owned())),
                false if expected.is_some_and(|expected| previous != Some(expected)) => {
                    Err(Failure::Broken(format!("previous is {previous:?}")))
                }
                false => Ok(()),
            }
        }
    });
    let minutes = Subscription { kinds: vec![TICKS[0].to_owned()], ..ticks("c") };
    bus.subscribe(minutes, recorder.clone()).await;
    bus.spawn_ticks();
    recorder.until_handled(1).await;
    outage.store(true, Ordering::Relaxed);
    for _ in 0..60 {
        let before = recorder.seen().len();
        clock.turn(Duration::from_mins(1));
        recorder.until(|recorder| recorder.seen().len() > before + 1).await;
    }
    outage.store(false, Ordering::Relaxed);
    recorder.until_handled(2).await;
    clock.turn(Duration::from_mins(1));
    recorder.until_handled(3).await;
    let handled = ["tick-minute-28333379", "tick-minute-28333439", "tick-minute-28333440"];
    assert_eq!(recorder.handled(), handled);
    bus.shutdown().await;
}

/// A tick that fails is given up for the next one, and is no dead letter.
pub async fn a_tick_that_fails_makes_way_for_the_next<S: Storage>(storage: &S) {
    let clock = TurnedClock::at(BEFORE_THE_HOUR);
    let bus = storage.open_at(clock.clone()).await;
    let recorder = Recorder::failing(|delivery| delivery.event.id == "tick-minute-28333379");
    let retry = RetryPolicy { attempts: 3, ..subscription("c").retry };
    let minutes = Subscription { kinds: vec![TICKS[0].to_owned()], retry, ..ticks("c") };
    bus.subscribe(minutes, recorder.clone()).await;
    bus.spawn_ticks();
    recorder.until(|recorder| recorder.seen().len() == 3).await;
    clock.turn(Duration::from_mins(1));
    recorder.until_handled(1).await;
    let attempts: Vec<u32> = recorder.seen().iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 1]);
    assert!(bus.dead_letters("c").await.is_empty());
    bus.shutdown().await;
}

/// They are no part of the log, and those that came while nothing ran are not made up for.
pub async fn ticks_are_not_kept<S: Storage>(storage: &S) {
    let clock = TurnedClock::at(BEFORE_THE_HOUR);
    let bus = storage.open_at(clock.clone()).await;
    let recorder = Recorder::willing();
    let kinds = [TICKS[0], "test.happened"].map(str::to_owned).to_vec();
    let both = Subscription { kinds, ..ticks("c") };
    bus.subscribe(both.clone(), recorder.clone()).await;
    bus.spawn_ticks();
    bus.publish(vec![event("a", 1)]).await.expect("published");
    recorder.until_handled(2).await;
    bus.shutdown().await;

    clock.turn(Duration::from_hours(1));
    let bus = storage.open_at(clock).await;
    let (after, all) = (Recorder::willing(), Recorder::willing());
    bus.subscribe(both, after.clone()).await;
    bus.subscribe(Subscription { kinds: Vec::new(), ..subscription("all") }, all.clone()).await;
    bus.spawn_ticks();
    bus.publish(vec![event("a", 2)]).await.expect("published");
    all.until_handled(2).await;
    assert_eq!(all.handled(), ["test.happened-a-1", "test.happened-a-2"], "what the log has");
    after.until_handled(2).await;
    let mut handled = after.handled();
    handled.sort();
    assert_eq!(handled, ["test.happened-a-2", "tick-minute-28333439"]);
    bus.shutdown().await;
}
