//! What became of requests to the outside, counted since the start. What concerns single destinations, the mesh counts.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Statistics {
    failures: Mutex<BTreeMap<&'static str, u64>>,
}

impl Statistics {
    pub(crate) fn count(&self, failure: &Failure) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        *failures.entry(failure.reason()).or_default() += 1;
    }

    /// How many requests had no answer, by the reason: a handful of words.
    pub fn failures(&self) -> BTreeMap<&'static str, u64> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
