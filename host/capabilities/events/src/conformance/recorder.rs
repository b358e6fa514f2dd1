//! A handler that does as it is told and remembers what it saw.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::{Delivery, Failure, Handler};

/// What a check waits for comes long before this, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// One delivery that a handler answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The event's id.
    pub id: String,
    /// Its aggregate id.
    pub aggregate: String,
    /// Its sequence.
    pub sequence: u64,
    /// Which attempt it was.
    pub attempt: u32,
    /// Whether the handler answered `Ok`.
    pub handled: bool,
}

type Script = Box<dyn Fn(Delivery) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync>;

/// Remembers deliveries. Whoever asks it panics if one aggregate's events came two at a time: a
/// panic in the handler itself would only count as a failed attempt.
pub struct Recorder {
    script: Script,
    seen: Mutex<Vec<Seen>>,
    busy: Mutex<BTreeSet<String>>,
    most_at_once: Mutex<usize>,
    broken: Mutex<Option<String>>,
    changed: watch::Sender<()>,
}

impl Recorder {
    /// Answers as the script says.
    pub fn new<F, Fut>(script: F) -> Arc<Self>
    where
        F: Fn(Delivery) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Arc::new(Self {
            script: Box::new(move |delivery| Box::pin(script(delivery))),
            seen: Mutex::default(),
            busy: Mutex::default(),
            most_at_once: Mutex::default(),
            broken: Mutex::default(),
            changed: watch::Sender::new(()),
        })
    }

    /// Handles everything.
    pub fn willing() -> Arc<Self> {
        Self::new(|_| async { Ok(()) })
    }

    /// Fails while `fails` says so, at once.
    pub fn failing(fails: impl Fn(&Delivery) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Self::new(move |delivery| {
            let fails = fails(&delivery);
            async move { if fails { Err("told to fail".into()) } else { Ok(()) } }
        })
    }

    /// Everything answered so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.assert_whole();
        lock(&self.seen).clone()
    }

    /// The ids handled so far, in order.
    pub fn handled(&self) -> Vec<String> {
        lock(&self.seen).iter().filter(|seen| seen.handled).map(|seen| seen.id.clone()).collect()
    }

    /// Whether the event with this id was the last one answered, and was handled.
    pub fn has_last_handled(&self, id: &str) -> bool {
        lock(&self.seen).last().is_some_and(|seen| seen.handled && seen.id == id)
    }

    /// The sequences handled so far, in order, of each aggregate.
    pub fn sequences(&self) -> BTreeMap<String, Vec<u64>> {
        let mut sequences = BTreeMap::<_, Vec<_>>::new();
        for seen in lock(&self.seen).iter().filter(|seen| seen.handled) {
            sequences.entry(seen.aggregate.clone()).or_default().push(seen.sequence);
        }
        sequences
    }

    /// The most handlers that ever ran at once.
    pub fn most_at_once(&self) -> usize {
        *lock(&self.most_at_once)
    }

    /// Handlers that run now.
    pub fn running(&self) -> usize {
        lock(&self.busy).len()
    }

    /// Waits until what was seen, and what runs, is as wanted.
    pub async fn until(&self, wanted: impl Fn(&Self) -> bool) {
        let mut changed = self.changed.subscribe();
        let waiting = async {
            while !wanted(self) {
                self.assert_whole();
                changed.changed().await.expect("the recorder lives");
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(came.is_ok(), "waited in vain; running {:?}, seen {:?}", lock(&self.busy), self.seen());
        self.assert_whole();
    }

    fn assert_whole(&self) {
        let broken = lock(&self.broken).clone();
        assert_eq!(broken, None);
    }

    /// Waits until this many events are handled.
    pub async fn until_handled(&self, count: usize) {
        self.until(|recorder| lock(&recorder.seen).iter().filter(|seen| seen.handled).count() >= count).await;
    }
}

/// Polls until `wanted` answers `true`.
pub(super) async fn eventually<Fut: Future<Output = bool>>(mut wanted: impl FnMut() -> Fut) {
    let waiting = async {
        while !wanted().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("waited in vain");
}

/// Takes its place back even if the handler panics or is cancelled.
struct Place<'a>(&'a Recorder, String);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        lock(&self.0.busy).remove(&self.1);
        self.0.changed.send_replace(());
    }
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, delivery: Delivery) -> Result<(), Failure> {
        let event = &delivery.event;
        let aggregate = format!("{}/{}", event.aggregate_type, event.aggregate_id);
        {
            let mut busy = lock(&self.busy);
            if !busy.insert(aggregate.clone()) {
                lock(&self.broken).get_or_insert(format!("two events of {aggregate} at once"));
            }
            let mut most = lock(&self.most_at_once);
            *most = busy.len().max(*most);
        }
        let place = Place(self, aggregate);
        self.changed.send_replace(());
        let mut seen = Seen {
            id: event.id.clone(),
            aggregate: event.aggregate_id.clone(),
            sequence: event.sequence,
            attempt: delivery.attempt,
            handled: false,
        };
        let result = (self.script)(delivery).await;
        seen.handled = result.is_ok();
        lock(&self.seen).push(seen);
        drop(place);
        result
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
