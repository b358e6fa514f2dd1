//! The relay's loop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::{Outbox, OutboxError, RelayStatistics, Stored};
use crate::{PublishError, Publisher};

/// Events published together.
const BATCH: usize = 256;
/// How often it looks without being woken.
const POLL: Duration = Duration::from_secs(1);
/// A bus that says nothing for so long is asked again.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(30);
/// How often the backlog is counted while there is one.
const MEASURE: Duration = Duration::from_secs(1);

pub(super) struct Run<O> {
    outbox: O,
    publisher: Arc<dyn Publisher>,
    statistics: Arc<RelayStatistics>,
    stopped: watch::Receiver<bool>,
    measured: Option<Instant>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error(transparent)]
    Bus(#[from] PublishError),
    #[error("the event bus did not answer")]
    Silent,
}

impl<O: Outbox> Run<O> {
    pub(super) fn new(
        outbox: O,
        publisher: Arc<dyn Publisher>,
        statistics: Arc<RelayStatistics>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self { outbox, publisher, statistics, stopped, measured: None }
    }

    pub(super) async fn until_stopped(mut self) {
        let mut backoff = Backoff::new();
        while !self.is_stopped() {
            match self.relay_batch().await {
                Ok(BATCH) => {
                    backoff.reset();
                    self.measure().await;
                }
                Ok(_) => {
                    backoff.reset();
                    self.statistics.backlog.store(0, Ordering::Relaxed);
                    tokio::select! {
                        () = self.outbox.woken() => {}
                        () = sleep(POLL) => {}
                        // An error means that the handle is gone: then it stops, too.
                        _ = self.stopped.changed() => {}
                    }
                }
                Err(failure) => {
                    self.statistics.errors.add(1);
                    let wait = backoff.next();
                    tracing::warn!(%failure, ?wait, "events wait in the outbox");
                    self.measure().await;
                    tokio::select! {
                        () = sleep(wait) => {}
                        _ = self.stopped.changed() => {}
                    }
                }
            }
        }
        self.outbox.release().await;
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow() || self.stopped.has_changed().is_err()
    }

    async fn relay_batch(&mut self) -> Result<usize, Failure> {
        let stored = self.outbox.read(BATCH).await?;
        if stored.is_empty() {
            return Ok(0);
        }
        let (positions, events): (Vec<_>, Vec<_>) =
            stored.into_iter().map(|Stored { position, event }| (position, event)).unzip();
        fail::fail_point!("relay::before-publish");
        timeout(PUBLISH_TIMEOUT, self.publisher.publish(events)).await.map_err(|_| Failure::Silent)??;
        fail::fail_point!("relay::after-publish");
        self.outbox.delete(&positions).await?;
        fail::fail_point!("relay::after-delete");
        self.statistics.relayed.add(u64::try_from(positions.len()).unwrap_or(u64::MAX));
        Ok(positions.len())
    }

    async fn measure(&mut self) {
        if self.measured.is_some_and(|at| at.elapsed() < MEASURE) {
            return;
        }
        self.measured = Some(Instant::now());
        if let Ok(backlog) = self.outbox.backlog().await {
            self.statistics.backlog.store(backlog, Ordering::Relaxed);
        }
    }
}
