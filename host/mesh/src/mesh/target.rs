//! What the mesh knows of one destination.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::snapshot::{DestinationSnapshot, RefusedCounts};
use super::{FULL, Refused};
use crate::breaker::{self, Admission, Breaker, Verdict};
use crate::bulkhead::{Bulkhead, Permit};
use crate::retry::Budget;

/// One destination's breaker, bulkhead, budget and counts.
pub(super) struct Target {
    name: String,
    bulkhead: Arc<Bulkhead>,
    breaker: Mutex<Breaker>,
    budget: Mutex<Recent>,
    pub(super) counters: Counters,
}

/// A call let through: its place in the bulkhead, and what its verdict is given back with.
pub(super) type Admitted = (Permit, Admission);

/// The budget, and when the destination was last called.
struct Recent {
    budget: Budget,
    used: Instant,
}

/// Counts since the start, for metrics; they never decide anything.
#[derive(Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    failures: AtomicU64,
    retries: AtomicU64,
    open: AtomicU64,
    full: AtomicU64,
    deadline_passed: AtomicU64,
}

impl Counters {
    pub(super) fn count_deadline_passed(&self) {
        count(&self.deadline_passed);
    }
}

impl Target {
    pub(super) fn new(name: &str, limit: NonZeroUsize, breaker: breaker::Settings, now: Instant) -> Self {
        Self {
            name: name.to_owned(),
            bulkhead: Bulkhead::new(limit),
            breaker: Mutex::new(Breaker::new(breaker, now)),
            budget: Mutex::new(Recent { budget: Budget::new(now), used: now }),
            counters: Counters::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A place in the bulkhead and the breaker's consent. Without the latter the place is free again.
    pub(super) fn try_admit(&self, now: Instant) -> Result<Admitted, Refused> {
        let permit = self.bulkhead.try_acquire().map_err(|_| {
            count(&self.counters.full);
            Refused::Full { retry_after: FULL }
        })?;
        let admission = lock(&self.breaker).try_admit(now).map_err(|open| {
            count(&self.counters.open);
            Refused::Open { retry_after: open.retry_after }
        })?;
        count(&self.counters.calls);
        Ok((permit, admission))
    }

    pub(super) fn record(&self, admission: Admission, verdict: Verdict, now: Instant, number: u64) {
        if verdict == Verdict::Failure {
            count(&self.counters.failures);
        }
        lock(&self.breaker).record(admission, verdict, now, number);
    }

    pub(super) fn deposit(&self, now: Instant) {
        let mut recent = lock(&self.budget);
        recent.used = now;
        recent.budget.deposit(now);
    }

    pub(super) fn try_repeat(&self, now: Instant) -> bool {
        let granted = lock(&self.budget).budget.try_repeat(now);
        if granted {
            count(&self.counters.retries);
        }
        granted
    }

    pub(super) fn last_used(&self) -> Instant {
        lock(&self.budget).used
    }

    pub(super) fn snapshot(&self, now: Instant) -> DestinationSnapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let breaker = lock(&self.breaker);
        DestinationSnapshot {
            name: self.name.clone(),
            state: breaker.state(now),
            trips: breaker.trips(),
            in_flight: self.bulkhead.in_flight(),
            limit: self.bulkhead.limit().get(),
            calls: read(&self.counters.calls),
            failures: read(&self.counters.failures),
            retries: read(&self.counters.retries),
            refused: RefusedCounts {
                open: read(&self.counters.open),
                full: read(&self.counters.full),
                deadline_passed: read(&self.counters.deadline_passed),
            },
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Nothing that holds one of these locks can stop halfway through a change, so a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
