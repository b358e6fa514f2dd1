//! A call that was let through.

use std::sync::Arc;
use std::time::Instant;

use super::target::Target;
use super::{Outcome, Shared};
use crate::breaker::{Admission, Verdict};
use crate::bulkhead::Permit;
use crate::deadline::Deadline;

/// A call in flight: it holds a place in the destination's bulkhead.
///
/// Say how the call went with [`finish`](Self::finish), once the response is complete or certainly won't be.
/// A ticket that is dropped instead, because the caller went away, says nothing about the destination.
#[must_use]
pub struct Ticket {
    shared: Arc<Shared>,
    target: Arc<Target>,
    admission: Admission,
    deadline: Deadline,
    admitted: Instant,
    verdict: Verdict,
    /// Given back after the verdict, when the ticket is dropped.
    _permit: Permit,
}

impl Ticket {
    pub(super) fn new(
        shared: Arc<Shared>,
        target: Arc<Target>,
        permit: Permit,
        admission: Admission,
        deadline: Deadline,
        admitted: Instant,
    ) -> Self {
        let verdict = Verdict::Unknown;
        Self { shared, target, admission, deadline, admitted, verdict, _permit: permit }
    }

    /// Where the call goes: the component id of the picked version, or the outside destination's name.
    pub fn target(&self) -> &str {
        self.target.name()
    }

    /// The deadline for the callee: a little earlier than the caller's.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// Ends the call.
    pub fn finish(mut self, outcome: Outcome) {
        let given = self.deadline.left(self.admitted);
        self.verdict = outcome.verdict(given, self.shared.settings.fair_time);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let now = self.shared.clock.now();
        self.target.record(self.admission, self.verdict, now, self.shared.random.number());
    }
}
