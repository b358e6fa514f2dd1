//! Events as a log has them.

use std::sync::Arc;

use crate::Event;

/// Decides the order of delivery. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Aggregate {
    pub(crate) kind: Arc<str>,
    pub(crate) id: Arc<str>,
}

impl Aggregate {
    pub(crate) fn of(event: &Event) -> Self {
        Self { kind: event.aggregate_type.as_str().into(), id: event.aggregate_id.as_str().into() }
    }
}

/// An event in the log.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    /// Grows along the log, perhaps with gaps.
    pub(crate) position: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) published_at: i64,
    pub(crate) event: Event,
}

/// Part of the log.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) events: Vec<Logged>,
    /// Every wanted event up to here is in `events`.
    pub(crate) through: i64,
}
