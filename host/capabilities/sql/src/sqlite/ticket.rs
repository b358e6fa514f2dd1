//! Who decides about a transaction whose caller stopped waiting: the caller or the writer, never both.

use std::sync::atomic::{AtomicU8, Ordering};

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const RELEASED: u8 = 2;
const ABANDONED: u8 = 3;

/// How far a transaction has come.
#[derive(Debug)]
pub(super) struct Ticket(AtomicU8);

impl Ticket {
    pub(super) fn new() -> Self {
        Self(AtomicU8::new(WAITING))
    }

    /// The writer takes it up, perhaps again. `false` if the caller has gone.
    pub(super) fn begin(&self) -> bool {
        self.0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |phase| {
                (phase != ABANDONED).then_some(RUNNING)
            })
            .is_ok()
    }

    /// The writer lets it into the commit. `false` if the caller has gone: it was told that nothing
    /// happened.
    pub(super) fn release(&self) -> bool {
        self.0.compare_exchange(RUNNING, RELEASED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The caller goes. `true` if the transaction certainly does not happen.
    pub(super) fn abandon(&self) -> bool {
        self.0.swap(ABANDONED, Ordering::AcqRel) != RELEASED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_first_decides() {
        let ticket = Ticket::new();
        assert!(ticket.abandon());
        assert!(!ticket.begin());

        let ticket = Ticket::new();
        assert!(ticket.begin() && ticket.abandon());
        assert!(!ticket.release());

        let ticket = Ticket::new();
        assert!(ticket.begin() && ticket.release());
        assert!(!ticket.abandon());
    }

    #[test]
    fn a_transaction_may_have_to_run_again() {
        let ticket = Ticket::new();
        assert!(ticket.begin() && ticket.release() && ticket.begin());
        assert!(ticket.abandon());
    }
}
