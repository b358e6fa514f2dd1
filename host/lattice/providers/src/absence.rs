//! Telling a component that runs nowhere from one that fails.

use std::io::{Error, ErrorKind};

/// Whether nobody on the lattice took the call: NATS says at once that it has no responders.
pub(crate) fn is_absent(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<Error>());
    causes.any(|cause| cause.kind() == ErrorKind::NotConnected)
}
