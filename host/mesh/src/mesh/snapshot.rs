//! What the mesh shows of itself.

use serde::Serialize;

use crate::breaker::State;

/// The mesh at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Every known destination, sorted by name.
    pub destinations: Vec<DestinationSnapshot>,
    /// Calls refused because the caller may not make them.
    pub not_allowed: u64,
}

/// One destination at one moment. Counts run since the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DestinationSnapshot {
    /// The component id, or scheme, host and port.
    pub name: String,
    /// What its breaker does.
    pub state: State,
    /// How often its breaker opened.
    pub trips: u64,
    /// Calls on their way.
    pub in_flight: usize,
    /// How many may be.
    pub limit: usize,
    /// Calls let through, repeats among them.
    pub calls: u64,
    /// Calls that spoke against the destination.
    pub failures: u64,
    /// Repeats granted.
    pub retries: u64,
    /// Calls refused.
    pub refused: RefusedCounts,
}

/// Calls refused, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefusedCounts {
    /// The breaker was open.
    pub open: u64,
    /// The bulkhead was full.
    pub full: u64,
    /// No time was left.
    pub deadline_passed: u64,
}
