//! The relay: takes committed events from an outbox to the bus, at least once and in order.
//!
//! An event is deleted only after the bus acknowledged it, and a batch that failed is tried again as it
//! was, so nothing is lost, and nothing of an aggregate overtakes. That holds with several relays on one
//! outbox, too: each publishes an aggregate's events from the oldest one that is left, and the bus takes an
//! id once, so the *first* time that an event is published is after those before it.

mod backoff;
mod counter;
mod run;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{Event, Publisher};
pub use counter::Counter;
use run::Run;

/// Why an outbox could not be read or changed, in words for an operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutboxError(pub String);

/// What a relay needs of a store: the events of those aggregates that this relay is to publish.
#[async_trait]
pub trait Outbox: Send + 'static {
    /// Says where in the outbox an event stands.
    type Position: Send + Sync;

    /// The oldest events, oldest first per aggregate, at most `limit`.
    async fn read(&mut self, limit: usize) -> Result<Vec<Stored<Self::Position>>, OutboxError>;

    /// Deletes events that [`Outbox::read`] gave.
    async fn delete(&mut self, positions: &[Self::Position]) -> Result<(), OutboxError>;

    /// How many events wait, counted up to some bound.
    async fn backlog(&mut self) -> Result<u64, OutboxError>;

    /// Returns when there may be something to read. Safe to cancel; a wake-up while nobody waits counts.
    async fn woken(&self);

    /// Leaves its part of the work to others.
    async fn release(&mut self);
}

/// An event in an outbox.
#[derive(Debug)]
pub struct Stored<P> {
    /// Where it stands.
    pub position: P,
    /// What is published.
    pub event: Event,
}

/// What a relay did.
#[derive(Debug, Default)]
pub struct RelayStatistics {
    /// Events that the bus acknowledged and that were then deleted.
    pub relayed: Counter,
    /// Attempts that failed, at the database or at the bus.
    pub errors: Counter,
    backlog: AtomicU64,
}

impl RelayStatistics {
    /// How many events waited when it was last looked at, at most a second ago while there are any.
    /// Counting stops at 100,000.
    pub fn backlog(&self) -> u64 {
        self.backlog.load(Ordering::Relaxed)
    }
}

/// A running relay. Dropping it tells the relay to stop without waiting for it.
#[derive(Debug)]
pub struct RelayHandle {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    statistics: Arc<RelayStatistics>,
}

impl RelayHandle {
    /// Starts a relay from this outbox to the bus.
    pub fn spawn(outbox: impl Outbox, publisher: Arc<dyn Publisher>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let statistics = Arc::new(RelayStatistics::default());
        let run = Run::new(outbox, publisher, Arc::clone(&statistics), stopped);
        Self { stop, task: tokio::spawn(run.until_stopped()), statistics }
    }

    /// Stops after the batch in hand.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the relay did not end by itself");
        }
    }

    /// Whether it has ended, which it does by itself only after a panic: a host then starts another one.
    pub fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    /// What it did up to now.
    pub fn statistics(&self) -> &Arc<RelayStatistics> {
        &self.statistics
    }
}
