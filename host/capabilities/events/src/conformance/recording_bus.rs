//! A bus that remembers, and may fail: for the tests of stores with an outbox.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::{Event, PublishError, Publisher};

/// Keeps what is published; an id that it knows is skipped, as a bus does.
pub struct RecordingBus {
    state: Arc<Mutex<State>>,
    taken: AtomicUsize,
}

#[derive(Default)]
struct State {
    events: Vec<Event>,
    ids: HashSet<String>,
    repeated: usize,
    failures: Option<StdRng>,
}

impl RecordingBus {
    /// One that takes everything.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { state: Arc::default(), taken: AtomicUsize::new(0) })
    }

    /// Another way to the same bus.
    pub fn beside(bus: &Self) -> Arc<Self> {
        Arc::new(Self { state: Arc::clone(&bus.state), taken: AtomicUsize::new(0) })
    }

    /// One that often takes none, some or all of a batch and then fails.
    pub fn flaky(seed: u64) -> Arc<Self> {
        println!("seed {seed}");
        let failures = Some(StdRng::seed_from_u64(seed));
        let state = Arc::new(Mutex::new(State { failures, ..State::default() }));
        Arc::new(Self { state, taken: AtomicUsize::new(0) })
    }

    /// What was published, each id once, in order.
    pub fn events(&self) -> Vec<Event> {
        self.state.lock().expect("no test panics with the lock").events.clone()
    }

    /// How many new events came this way.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// How often an id came again.
    pub fn repeated(&self) -> usize {
        self.state.lock().expect("no test panics with the lock").repeated
    }

    /// Each aggregate's events came in order, without a gap.
    pub fn assert_ordered(&self) {
        let mut last: HashMap<(String, String), u64> = HashMap::new();
        for event in self.events() {
            let last = last.entry((event.aggregate_type, event.aggregate_id)).or_default();
            assert_eq!(event.sequence, *last + 1, "of {}", event.id);
            *last = event.sequence;
        }
    }
}

#[async_trait]
impl Publisher for RecordingBus {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        tokio::task::yield_now().await;
        let mut state = self.state.lock().expect("no test panics with the lock");
        let fails = state.failures.as_mut().is_some_and(|random| random.random_bool(0.4));
        let take = match &mut state.failures {
            Some(random) if fails => random.random_range(0..=events.len()),
            _ => events.len(),
        };
        for event in events.into_iter().take(take) {
            if state.ids.insert(event.id.clone()) {
                state.events.push(event);
                self.taken.fetch_add(1, Ordering::Relaxed);
            } else {
                state.repeated += 1;
            }
        }
        if fails { Err(PublishError("out of order today".into())) } else { Ok(()) }
    }
}
