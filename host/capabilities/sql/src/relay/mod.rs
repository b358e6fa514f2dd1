//! The relay: takes committed events from an outbox to the bus, at least once and in order.
//!
//! An event is deleted only after the bus acknowledged it, and a batch that failed is tried again as it
//! was, so nothing is lost, and nothing of an aggregate overtakes.

mod backoff;
mod run;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use lyceum_events::Publisher;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{Counter, Error};
use run::Run;

/// What a relay needs of a backend: the events of those partitions that this relay holds.
#[async_trait]
pub(crate) trait Outbox: Send + 'static {
    /// The oldest events, oldest first per aggregate, at most `limit`.
    async fn read(&mut self, limit: usize) -> Result<Vec<Stored>, Error>;

    /// Deletes events that [`Outbox::read`] gave.
    async fn delete(&mut self, positions: &[i64]) -> Result<(), Error>;

    /// How many events wait, counted up to some bound.
    async fn backlog(&mut self) -> Result<u64, Error>;

    /// Returns when there may be something to read. Safe to cancel; a wake-up while nobody waits counts.
    async fn woken(&self);

    /// Gives its partitions to others.
    async fn release(&mut self);
}

/// An event in an outbox.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) position: i64,
    pub(crate) event: lyceum_events::Event,
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
    pub(crate) fn spawn(outbox: impl Outbox, publisher: Arc<dyn Publisher>) -> Self {
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
