//! What else follows from a partition being this host's: ticks, and whether memory is filled again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use tokio::sync::watch;

use super::{Consumer, Partition};
use crate::delivery::{End, TickLane};
use crate::error::Error;
use crate::jetstream::names::place;
use crate::ticks::Unit;

impl Consumer {
    /// The ticks of a unit of time are those of the host that delivers their aggregate's partition.
    pub(in crate::jetstream) fn tick_lane(
        &self,
        unit: Unit,
        now: watch::Receiver<Option<SystemTime>>,
        stop: watch::Receiver<bool>,
    ) -> Option<TickLane> {
        let partition = self.partitions.get(&place(unit.name()).0)?;
        Some(TickLane {
            unit,
            subscription: self.subscription.clone(),
            handler: Arc::clone(&self.handler),
            counters: Arc::clone(&partition.counters),
            clock: Arc::clone(&self.options.clock),
            observer: self.options.observer.clone(),
            gate: Arc::clone(&self.gate),
            now,
            is_turn: partition.delivers.subscribe(),
            stop,
        })
    }

    /// Returns once what is replayed at the start has been, in the partitions that are this host's.
    pub(in crate::jetstream) async fn caught_up(&self) {
        if self.subscription.replay_at_start.is_none() {
            return;
        }
        drop(self.looked.subscribe().wait_for(|looked| *looked).await);
        for partition in self.partitions.values() {
            let (mut wanted, mut caught_up) = (partition.wanted.subscribe(), partition.caught_up.subscribe());
            // The senders live as long as this consumer.
            tokio::select! {
                _ = wanted.wait_for(|wanted| !wanted) => {}
                _ = caught_up.wait_for(|caught_up| *caught_up) => {}
            }
        }
    }

    /// The position of the last event that is to be in memory before anybody is served; 0 if there is none.
    pub(super) async fn last_replayed(&self, subjects: &[String]) -> Result<i64, Error> {
        match self.subscription.replay_at_start {
            Some(_) => self.server.last_of(subjects).await,
            None => Ok(0),
        }
    }
}

/// Tells when the driver has caught up. It never ends: the driver does.
pub(super) async fn catch_up(partition: &Partition, mut floor: watch::Receiver<i64>) -> End {
    let at_start = partition.at_start.load(Ordering::Relaxed);
    if floor.wait_for(|floor| *floor >= at_start).await.is_ok() {
        partition.caught_up.send_replace(true);
    }
    std::future::pending().await
}
