//! What of a consumer's progress is kept.

use super::record::Aggregate;
use crate::starts::Starts;

/// An aggregate that is behind the floor or failing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) aggregate: Aggregate,
    /// All of its events up to here are finished, none after.
    pub(crate) finished: i64,
    /// How often the next event failed.
    pub(crate) attempts: u32,
    /// When it is tried again; microseconds since 1970-01-01T00:00:00Z.
    pub(crate) due_at: i64,
    /// Why it failed last.
    pub(crate) error: String,
}

/// Where a consumer stands when it subscribes.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) floor: i64,
    pub(crate) cursors: Vec<Cursor>,
    /// Whether the consumer was stopped with everything written.
    pub(crate) clean: bool,
    pub(crate) head: i64,
    /// Which events of each kind are the consumer's.
    pub(crate) starts: Starts,
}

/// A failed event that is given up.
#[derive(Clone, Debug)]
pub(crate) struct Dead {
    pub(crate) aggregate: Aggregate,
    pub(crate) position: i64,
    pub(crate) attempts: u32,
    pub(crate) error: String,
    pub(crate) died_at: i64,
}

/// How the replay of a dead letter went.
#[derive(Clone, Debug)]
pub(crate) enum Replayed {
    /// Handled: it is no dead letter any more.
    Handled { position: i64 },
    /// Failed: tried again at `due_at` or, without one, dead again.
    Failed { position: i64, attempts: u32, due_at: Option<i64>, error: String },
}

impl Replayed {
    pub(crate) fn position(&self) -> i64 {
        match self {
            Self::Handled { position } | Self::Failed { position, .. } => *position,
        }
    }
}

/// What changed; written together or not at all.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    pub(crate) consumer: String,
    pub(crate) floor: i64,
    pub(crate) clean: bool,
    pub(crate) cursors: Vec<Cursor>,
    /// Aggregates that need no cursor any more.
    pub(crate) drained: Vec<Aggregate>,
    pub(crate) dead: Vec<Dead>,
    pub(crate) replayed: Vec<Replayed>,
}
