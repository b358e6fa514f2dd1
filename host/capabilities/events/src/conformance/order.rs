//! In order per aggregate and consumer, whatever fails.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{BusUnderTest, Recorder, Seen, Storage, event, subscription};
use crate::{Delivery, Event, Publisher, Subscription};

/// Seeds come from `LYCEUM_SEED` when it is set, and are printed.
fn seeded() -> Arc<Mutex<StdRng>> {
    let seed =
        std::env::var("LYCEUM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("LYCEUM_SEED={seed}");
    Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))
}

/// Events of many aggregates, mixed at random, each aggregate in order.
fn mixed(random: &Mutex<StdRng>, aggregates: usize, each: u64) -> Vec<Event> {
    let mut random = random.lock().expect("not poisoned");
    let mut next = vec![1; aggregates];
    let mut open: Vec<usize> = (0..aggregates).collect();
    let mut events = Vec::new();
    while !open.is_empty() {
        let chosen = random.random_range(0..open.len());
        let aggregate = open[chosen];
        events.push(event(&format!("a{aggregate}"), next[aggregate]));
        next[aggregate] += 1;
        if next[aggregate] > each {
            open.swap_remove(chosen);
        }
    }
    events
}

/// Takes a random time and fails one time in four.
fn unreliable(random: Arc<Mutex<StdRng>>) -> Arc<Recorder> {
    Recorder::new(move |_| {
        let (fails, micros) = {
            let mut random = random.lock().expect("not poisoned");
            (random.random_bool(0.25), random.random_range(0..300))
        };
        async move {
            tokio::time::sleep(Duration::from_micros(micros)).await;
            if fails { Err("at random".into()) } else { Ok(()) }
        }
    })
}

/// Nothing of an aggregate is tried before all before it are handled.
fn assert_in_order(seen: &[Seen]) {
    let mut expected = BTreeMap::new();
    for Seen { aggregate, sequence, handled, .. } in seen {
        let next = expected.entry(aggregate).or_insert(1);
        assert_eq!(sequence, next, "of {aggregate}");
        if *handled {
            *next += 1;
        }
    }
}

/// Two consumers with eight handlers each, one delivery in four failing.
pub async fn order_is_kept_under_parallel_failures<S: Storage>(storage: &S) {
    let random = seeded();
    let published = mixed(&random, 25, 40);
    let bus = storage.open().await;
    let (first, second) = (unreliable(random.clone()), unreliable(random));
    bus.subscribe(subscription("first"), first.clone()).await;
    for batch in published.chunks(60) {
        bus.publish(batch.to_vec()).await.expect("published");
    }
    bus.subscribe(subscription("second"), second.clone()).await;
    for recorder in [first, second] {
        recorder.until_handled(1000).await;
        assert_in_order(&recorder.seen());
        assert!(recorder.sequences().values().all(|sequences| sequences.len() == 40));
        assert!(recorder.seen().iter().any(|seen| seen.attempt > 1), "something failed");
        assert!(recorder.most_at_once() > 1, "aggregates are handled side by side");
    }
    bus.shutdown().await;
}

/// Crashes repeat what was not written, but never skip and never swap.
pub async fn order_is_kept_over_crashes<S: Storage>(storage: &S) {
    let random = seeded();
    let published = mixed(&random, 20, 30);
    let total = published.len();
    // What was handled, as a consumer knows it that recognises events by id.
    let done = Arc::new(Mutex::new(BTreeMap::<String, u64>::new()));
    let skipped = Arc::new(Mutex::new(Vec::new()));
    let mut position = 0;
    for round in 0.. {
        let bus = storage.open().await;
        let (state, chance, gaps) = (done.clone(), random.clone(), skipped.clone());
        let recorder = Recorder::new(move |Delivery { event, .. }| {
            let fails = chance.lock().expect("not poisoned").random_bool(0.2);
            let mut done = state.lock().expect("not poisoned");
            let last = done.entry(event.aggregate_id.clone()).or_insert(0);
            if event.sequence > *last + 1 {
                gaps.lock().expect("not poisoned").push(format!("{} came after {last}", event.id));
            }
            let result = if fails { Err("at random".into()) } else { Ok(()) };
            if !fails {
                *last = event.sequence.max(*last);
            }
            async move { result }
        });
        bus.subscribe(subscription("c"), recorder.clone()).await;
        let end = (position + 100).min(total);
        bus.publish(published[position..end].to_vec()).await.expect("published");
        position = end;
        if round < 6 {
            let enough = random.lock().expect("not poisoned").random_range(1..80);
            recorder.until_handled(enough).await;
            bus.crash().await;
            continue;
        }
        recorder.until(|_| done.lock().expect("not poisoned").values().sum::<u64>() == 600).await;
        bus.shutdown().await;
        break;
    }
    assert_eq!(*skipped.lock().expect("not poisoned"), Vec::<String>::new());
}

/// One aggregate's event fails for a while: its successors wait, all others are handled.
pub async fn others_flow_while_an_event_backs_off<S: Storage>(storage: &S) {
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let told = refuses.clone();
    let recorder =
        Recorder::failing(move |delivery| delivery.event.aggregate_id == "a" && told.load(Ordering::Relaxed));
    bus.subscribe(Subscription { concurrency: 2, ..subscription("c") }, recorder.clone()).await;
    bus.publish((1..=10).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    bus.publish((1..=100).map(|sequence| event("b", sequence)).collect()).await.expect("published");
    recorder.until_handled(100).await;
    recorder.until(|recorder| recorder.seen().iter().filter(|seen| seen.aggregate == "a").count() > 3).await;
    assert!(!recorder.sequences().contains_key("a"));
    refuses.store(false, Ordering::Relaxed);
    recorder.until_handled(110).await;
    assert_in_order(&recorder.seen());
    bus.shutdown().await;
}

/// However many successors a stuck event has, others flow, and later all of them come in order.
pub async fn a_stuck_aggregate_with_many_successors_stops_nobody<S: Storage>(storage: &S) {
    const SUCCESSORS: u64 = 6000;
    let bus = storage.open().await;
    let refuses = Arc::new(AtomicBool::new(true));
    let told = refuses.clone();
    let recorder =
        Recorder::failing(move |delivery| delivery.event.aggregate_id == "a" && told.load(Ordering::Relaxed));
    bus.subscribe(subscription("c"), recorder.clone()).await;
    bus.publish((1..=SUCCESSORS).map(|sequence| event("a", sequence)).collect()).await.expect("published");
    bus.publish(vec![event("b", 1)]).await.expect("published");
    recorder.until_handled(1).await;
    assert_eq!(recorder.sequences()["b"], [1]);
    refuses.store(false, Ordering::Relaxed);
    recorder.until(|recorder| recorder.has_last_handled(&format!("test.happened-a-{SUCCESSORS}"))).await;
    assert_eq!(recorder.sequences()["a"], (1..=SUCCESSORS).collect::<Vec<_>>());
    bus.shutdown().await;
}
