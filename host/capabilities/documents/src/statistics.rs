//! Counters for an operator's metrics.

use lyceum_events::Counter;

/// What happened to a service's documents since they were opened.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Writes done.
    pub writes: Counter,
    /// Writes whose `once` key had been used.
    pub duplicates: Counter,
    /// Writes tried again because of another writer or a lost connection.
    pub retries: Counter,
}
