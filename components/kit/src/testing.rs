//! A clock, identifiers and a configuration that a native test can set.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    clock::{self, Timestamp},
    ids,
};

thread_local! {
    static CONFIGURATION: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Sets a configuration variable for this thread; a component has its host's.
pub fn configure(name: &str, value: &str) {
    CONFIGURATION.with_borrow_mut(|variables| variables.insert(name.to_owned(), value.to_owned()));
}

#[cfg(not(target_family = "wasm"))]
pub(crate) fn configured(name: &str) -> Option<String> {
    CONFIGURATION.with_borrow(|variables| variables.get(name).cloned())
}

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
