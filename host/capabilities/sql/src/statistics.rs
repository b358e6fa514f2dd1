//! Counters for an operator's metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// What happened on a database since it was opened.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Transactions committed.
    pub commits: Counter,
    /// Commits of the storage itself: on SQLite one for a whole batch of transactions, with one sync of
    /// the disk.
    pub batches: Counter,
    /// Transactions whose `once` key had been used.
    pub duplicates: Counter,
    /// Transactions run again because of a conflict or a lost connection.
    pub retries: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}
