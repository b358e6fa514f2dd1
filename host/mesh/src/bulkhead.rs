//! A limit of calls in flight to one destination.
//!
//! When a service becomes slow, calls to it pile up; without a limit they would take every worker and all
//! memory with them, and services that are well would stop too.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the calls in flight and refuses one too many.
#[derive(Debug)]
pub struct Bulkhead {
    limit: NonZeroUsize,
    in_flight: AtomicUsize,
}

/// A place in the bulkhead, given back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Bulkhead>);

/// Every place is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls in flight")]
pub struct Full;

impl Bulkhead {
    /// A bulkhead with `limit` places.
    pub fn new(limit: NonZeroUsize) -> Arc<Self> {
        Arc::new(Self { limit, in_flight: AtomicUsize::new(0) })
    }

    /// Takes a place if one is free. Never waits.
    pub fn try_acquire(self: &Arc<Self>) -> Result<Permit, Full> {
        let limit = self.limit.get();
        self.in_flight
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |taken| (taken < limit).then_some(taken + 1))
            .map(|_| Permit(Arc::clone(self)))
            .map_err(|_| Full)
    }

    /// How many places are taken.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// How many places there are.
    pub fn limit(&self) -> NonZeroUsize {
        self.limit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}
