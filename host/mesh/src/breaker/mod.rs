//! A circuit breaker: a destination that fails too often is left alone for a while, then probed.
//!
//! ```text
//!            half of at least 20 calls in 10 s failed
//!   Closed ─────────────────────────────────────────────▶ Open ◀────────┐
//!      ▲                                                   │ time is up │ one probe
//!      │             all 5 probes succeed                  ▼            │ fails
//!      └─────────────────────────────────────────────── HalfOpen ───────┘
//! ```
//! Each time it opens again without having closed, it stays open for longer.

mod settings;

use std::time::{Duration, Instant};

pub use settings::{InvalidSettings, Settings};

use crate::window::{Counts, Window};

/// How long to wait when all probes are out and none has answered yet.
const PROBES_OUT: Duration = Duration::from_secs(1);

/// A circuit breaker for one destination.
#[derive(Debug)]
pub struct Breaker {
    settings: Settings,
    phase: Phase,
    /// Of the calls that began and ended while closed; emptied when it closes.
    outcomes: Window<{ Settings::SLOTS }>,
    /// Counts the changes of phase, so that an outcome is only heard in the phase that its call began in.
    generation: u64,
    trips: u64,
}

#[derive(Debug)]
enum Phase {
    Closed,
    Open { until: Instant, reopened: u32 },
    HalfOpen { admitted: u32, succeeded: u32, reopened: u32 },
}

/// What a breaker does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Calls flow.
    Closed,
    /// Calls are refused.
    Open,
    /// A few probes are let through.
    HalfOpen,
}

/// A call let through, to be given back with its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    generation: u64,
}

/// What a call said about its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Success,
    /// It does not.
    Failure,
    /// Nothing: the call was given up for a reason of the caller's own.
    Unknown,
}

/// The breaker lets no call through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the circuit breaker is open")]
pub struct Open {
    /// When to ask again.
    pub retry_after: Duration,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: Settings, now: Instant) -> Self {
        let outcomes = Window::new(Settings::SLOT, now);
        Self { settings, phase: Phase::Closed, outcomes, generation: 0, trips: 0 }
    }

    /// Asks whether a call may be made. Each admission must be [recorded](Self::record), or a half-open
    /// breaker waits for its probe for ever.
    pub fn try_admit(&mut self, now: Instant) -> Result<Admission, Open> {
        if let Phase::Open { until, reopened } = self.phase {
            let left = until.saturating_duration_since(now);
            if !left.is_zero() {
                return Err(Open { retry_after: left });
            }
            self.enter(Phase::HalfOpen { admitted: 0, succeeded: 0, reopened });
        }
        if let Phase::HalfOpen { admitted, .. } = &mut self.phase {
            if *admitted >= self.settings.probes() {
                return Err(Open { retry_after: PROBES_OUT });
            }
            *admitted += 1;
        }
        Ok(Admission { generation: self.generation })
    }

    /// Notes how an admitted call ended. `number` is a random number for the jitter.
    pub fn record(&mut self, admission: Admission, verdict: Verdict, now: Instant, number: u64) {
        if admission.generation != self.generation {
            return;
        }
        match (&mut self.phase, verdict) {
            (Phase::Closed, Verdict::Unknown) | (Phase::Open { .. }, _) => {}
            (Phase::Closed, verdict) => {
                self.outcomes.add(Counts { total: 1, hits: u64::from(verdict == Verdict::Failure) }, now);
                let Counts { total, hits } = self.outcomes.sum(now);
                if self.settings.trips_at(total, hits) {
                    self.open(0, now, number);
                }
            }
            (Phase::HalfOpen { admitted, .. }, Verdict::Unknown) => *admitted -= 1,
            (Phase::HalfOpen { succeeded, .. }, Verdict::Success) => {
                *succeeded += 1;
                if *succeeded >= self.settings.probes() {
                    self.outcomes = Window::new(Settings::SLOT, now);
                    self.enter(Phase::Closed);
                }
            }
            (Phase::HalfOpen { reopened, .. }, Verdict::Failure) => {
                let reopened = reopened.saturating_add(1);
                self.open(reopened, now, number);
            }
        }
    }

    /// What it does at `now`. A breaker whose time is up shows as half-open even before its first probe.
    pub fn state(&self, now: Instant) -> State {
        match self.phase {
            Phase::Closed => State::Closed,
            Phase::Open { until, .. } if until > now => State::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    /// How often it has opened.
    pub fn trips(&self) -> u64 {
        self.trips
    }

    fn open(&mut self, reopened: u32, now: Instant, number: u64) {
        self.trips += 1;
        self.enter(Phase::Open { until: now + self.settings.open_for(reopened, number), reopened });
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
    }
}
