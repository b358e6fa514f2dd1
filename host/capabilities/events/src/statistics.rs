//! Counts of what happened to each consumer since the bus was opened.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// How a consumer is doing. Counters begin at 0 when it subscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerStatistics {
    /// The consumer's durable name.
    pub consumer: String,
    /// Events handled.
    pub delivered: u64,
    /// Attempts that failed, the last ones included.
    pub failed: u64,
    /// Of these attempts, those for which something was down or slow.
    pub unavailable: u64,
    /// Of these attempts, those that came before what they need.
    pub not_yet: u64,
    /// Of the events handled, those that the rules forbade.
    pub refused: u64,
    /// Events that became dead letters.
    pub dead: u64,
    /// Deliveries of events that were, or may have been, delivered before: further attempts,
    /// replays, and those that a crash left unfinished.
    pub redelivered: u64,
    /// Events in the log that are not yet known to be finished, of any kind.
    pub lag: u64,
    /// Aggregates that wait for a failed or slow event.
    pub blocked: u64,
    /// Of these, those whose event came before what it needs.
    pub waiting: u64,
    /// Handler calls running now.
    pub running: u64,
}

impl ConsumerStatistics {
    /// One consumer whose events are divided among several drivers.
    pub(crate) fn sum(consumer: &str, parts: impl Iterator<Item = Self>) -> Self {
        let nothing = Counters::default().snapshot(consumer, 0);
        parts.fold(nothing, |sum, part| Self {
            consumer: sum.consumer,
            delivered: sum.delivered + part.delivered,
            failed: sum.failed + part.failed,
            unavailable: sum.unavailable + part.unavailable,
            not_yet: sum.not_yet + part.not_yet,
            refused: sum.refused + part.refused,
            dead: sum.dead + part.dead,
            redelivered: sum.redelivered + part.redelivered,
            // Each counts the others' events, too.
            lag: sum.lag.max(part.lag),
            blocked: sum.blocked + part.blocked,
            waiting: sum.waiting + part.waiting,
            running: sum.running + part.running,
        })
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) delivered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    pub(crate) not_yet: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) dead: AtomicU64,
    pub(crate) redelivered: AtomicU64,
    pub(crate) blocked: AtomicU64,
    pub(crate) waiting: AtomicU64,
    pub(crate) running: AtomicU64,
    /// Every event at or below is finished, or its aggregate is blocked.
    pub(crate) floor: AtomicI64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set(gauge: &AtomicU64, value: usize) {
        gauge.store(u64::try_from(value).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self, consumer: &str, head: i64) -> ConsumerStatistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ConsumerStatistics {
            consumer: consumer.to_owned(),
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            unavailable: read(&self.unavailable),
            not_yet: read(&self.not_yet),
            refused: read(&self.refused),
            dead: read(&self.dead),
            redelivered: read(&self.redelivered),
            lag: u64::try_from(head - self.floor.load(Ordering::Relaxed)).unwrap_or(0),
            blocked: read(&self.blocked),
            waiting: read(&self.waiting),
            running: read(&self.running),
        }
    }
}
