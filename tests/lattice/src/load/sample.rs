//! What became of one request.

use std::time::{Duration, Instant};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What somebody who is signed in may read.
    Read,
    /// An account.
    Registration,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Read, Self::Registration];
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Good,
    /// Otherwise: no connection, no answer, or one that says so.
    Bad(String),
}

/// One request, asked once and, if that failed, of other addresses.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What it asked for.
    pub kind: Kind,
    /// When it was meant to be sent.
    pub intended: Instant,
    /// Which of the balancer's addresses was asked first.
    pub address: String,
    /// What a client sees that asks only once.
    pub first: Outcome,
    /// When that was clear.
    pub first_ended: Instant,
    /// What a client sees that asks other addresses as well.
    pub last: Outcome,
    /// When that was clear.
    pub last_ended: Instant,
}

impl Sample {
    /// How long a client waited that asks again, from when it meant to ask.
    pub fn latency(&self) -> Duration {
        self.last_ended.saturating_duration_since(self.intended)
    }
}
