//! A clock, identifiers and a configuration that a native test can set.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    clock::{self, Timestamp},
    ids,
};
#[cfg(not(target_family = "wasm"))]
use crate::{identity, settings::SettingsError};

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

/// The value of the identity header for a call of this component, as the gateway and the mesh make it: the audience and
/// the end are filled in. Natively only; in a component nobody can make one for themselves.
#[cfg(not(target_family = "wasm"))]
pub fn identity(claims: identity::Claims) -> Result<String, SettingsError> {
    // Nobody but the mesh reads its seal.
    identity::sign_for_itself(claims).map(|signed| format!("{signed}.c2VhbA"))
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
