//! Counters for an operator's metrics.

use lyceum_events::Counter;

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
