//! A clock and identifiers that a native test can set.

use crate::{
    clock::{self, Timestamp},
    ids,
};

/// Lets the clock run, and identifiers be random, again when dropped.
#[derive(Debug)]
#[must_use = "the clock runs again when this is dropped"]
pub struct Frozen(());

/// Stops this thread's clock at `timestamp`.
pub fn freeze(timestamp: Timestamp) -> Frozen {
    clock::set(Some(timestamp));
    Frozen(())
}

/// Makes this thread's identifiers follow from `first`, one by one.
pub fn count_ids_from(first: u64) -> Frozen {
    ids::set(Some(first));
    Frozen(())
}

impl Drop for Frozen {
    fn drop(&mut self) {
        clock::set(None);
        ids::set(None);
    }
}
