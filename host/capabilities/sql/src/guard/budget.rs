//! What one call may return.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::size;
use crate::{Error, Limits, Value};

/// Counts rows and bytes over all statements of a call, also such as run beside each other.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    rows: AtomicUsize,
    bytes: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, rows: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// Refuses a row that is over the limits.
    pub(crate) fn take(&self, row: &[Value]) -> Result<(), Error> {
        let size = row.iter().map(size).sum();
        if self.rows.fetch_add(1, Ordering::Relaxed) >= self.limits.rows {
            return Err(Error::TooLarge(format!("more than {} rows", self.limits.rows)));
        }
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size > self.limits.result_bytes {
            return Err(Error::TooLarge(format!("rows of more than {} bytes", self.limits.result_bytes)));
        }
        Ok(())
    }
}
