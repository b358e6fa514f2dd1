//! Telling a component that runs nowhere, or whose host is gone, from one that fails.

use std::io::{Error, ErrorKind};

/// Whether nobody on the lattice took the call: NATS says at once that it has no responders.
pub(crate) fn is_absent(error: &anyhow::Error) -> bool {
    kinds(error).any(|kind| kind == ErrorKind::NotConnected)
}

/// Whether who took the call, or was about to, is gone.
pub(crate) fn is_lost(error: &anyhow::Error) -> bool {
    kinds(error).any(|kind| matches!(kind, ErrorKind::ConnectionReset | ErrorKind::TimedOut))
}

fn kinds(error: &anyhow::Error) -> impl Iterator<Item = ErrorKind> {
    error.chain().filter_map(|cause| Some(cause.downcast_ref::<Error>()?.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_tells() {
        let error = |kind: ErrorKind| anyhow::Error::from(Error::from(kind)).context("a call");
        assert!(is_absent(&error(ErrorKind::NotConnected)));
        assert!(!is_lost(&error(ErrorKind::NotConnected)));
        assert!(is_lost(&error(ErrorKind::ConnectionReset)));
        assert!(is_lost(&error(ErrorKind::TimedOut)));
        let trap = anyhow::Error::msg("incomplete results");
        assert!(!is_absent(&trap) && !is_lost(&trap));
    }
}
