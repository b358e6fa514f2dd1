//! Parallel writers that do what a careful service does: repeat what failed under the same key.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lyceum_sql::{Database, Error, Outcome, PostgresDatabase};
use tokio::task::JoinHandle;

use crate::bus::Bus;
use crate::things::{add, ids, until};

const WRITERS: usize = 4;
/// Aggregates of all writers together: some in each of the outbox's partitions.
pub(crate) const AGGREGATES: usize = 200;
/// What is allowed on top of a deadline on a busy machine.
const SLACK: Duration = Duration::from_secs(15);

/// Writers that go on until they are stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<()>>,
    figures: Arc<Mutex<Figures>>,
}

/// What became of it.
#[derive(Default)]
struct Figures {
    acknowledged: BTreeSet<String>,
    /// Calls that certainly did nothing.
    refused: usize,
    /// Calls of which nobody can say what they did.
    unknown: usize,
    /// When the latest call succeeded.
    succeeded: Option<Instant>,
}

impl Load {
    /// Starts it; each call has this deadline.
    pub(crate) fn start(database: &Arc<PostgresDatabase>, deadline: Duration) -> Self {
        let (stop, figures) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let write = |writer| {
            let (database, stop, figures) = (Arc::clone(database), Arc::clone(&stop), Arc::clone(&figures));
            tokio::spawn(write(writer, database, deadline, stop, figures))
        };
        let writers = (0..WRITERS).map(write).collect();
        Self { stop, writers, figures }
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.figures.lock().unwrap().acknowledged.len()
    }

    /// How many calls failed.
    pub(crate) fn failed(&self) -> usize {
        let figures = self.figures.lock().unwrap();
        figures.refused + figures.unknown
    }

    /// Waits until a call succeeds from now on, and says how long that took.
    pub(crate) async fn recovers(&self) -> Duration {
        let begun = Instant::now();
        until("a call succeeds again", async || {
            self.figures.lock().unwrap().succeeded.is_some_and(|at| at > begun)
        })
        .await
    }

    /// Stops it when every call has its end, and holds what was acknowledged against what is there and
    /// what was published.
    pub(crate) async fn settle(self, what: &str, database: &PostgresDatabase, bus: &Bus) {
        self.stop.store(true, Ordering::Relaxed);
        for writer in self.writers {
            writer.await.unwrap();
        }
        let Figures { acknowledged, refused, unknown, .. } =
            std::mem::take(&mut *self.figures.lock().unwrap());
        let expected: Vec<String> = acknowledged.into_iter().collect();
        let acknowledged = expected.len();
        println!("{what}: {acknowledged} acknowledged, {refused} refused, {unknown} unknown at first");
        let found = ids(database).await.unwrap();
        assert_eq!(found, expected, "what is there is what was acknowledged");
        until("everything is published", async || bus.count() >= acknowledged).await;
        assert_eq!(bus.count(), acknowledged);
        bus.assert_ordered();
        println!(
            "{what}: {} found, 0 doubled; {} events, {} of them again",
            found.len(),
            bus.count(),
            bus.repeated()
        );
    }
}

impl Figures {
    /// Whether that was the call's end.
    fn note(&mut self, id: &str, outcome: Result<Outcome, Error>) -> bool {
        match outcome {
            Ok(_) => {
                self.succeeded = Some(Instant::now());
                self.acknowledged.insert(id.to_owned());
                return true;
            }
            Err(Error::OutcomeUnknown) => self.unknown += 1,
            Err(Error::Unavailable(_) | Error::Timeout | Error::Conflict) => self.refused += 1,
            Err(error) => panic!("{id}: {error:?}"),
        }
        false
    }
}

async fn write(
    writer: usize,
    database: Arc<PostgresDatabase>,
    deadline: Duration,
    stop: Arc<AtomicBool>,
    figures: Arc<Mutex<Figures>>,
) {
    for number in 0.. {
        let (id, aggregate) = (format!("{writer}-{number:06}"), (number * 7 + writer) % AGGREGATES);
        loop {
            let begun = Instant::now();
            let outcome = database.transact(add(&id, &format!("a{aggregate}")), begun + deadline).await;
            assert!(begun.elapsed() < deadline + SLACK, "a call took {:?}: {outcome:?}", begun.elapsed());
            if figures.lock().unwrap().note(&id, outcome) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if stop.load(Ordering::Relaxed) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
