//! The parts joined for one call: policy, version, deadline, bulkhead, breaker, and then the repeat.

mod builder;
mod call;
mod snapshot;
mod target;
mod targets;
mod ticket;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use builder::{Builder, Settings};
pub use call::{Call, Outcome, Refused};
pub use snapshot::{DestinationSnapshot, RefusedCounts, Snapshot};
pub use ticket::Ticket;

use crate::clock::Clock;
use crate::policy::Outbound;
use crate::random::Random;
use crate::retry::rule;
use crate::weights::Weights;
use target::Target;
use targets::Targets;

/// How long to wait when a destination has too many calls in flight.
const FULL: Duration = Duration::from_secs(1);

/// What every call between services passes through. Cheap to clone; clones share everything.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use lyceum_mesh::{Call, Clock, Deadline, Destination, Mesh, Outbound, Outcome, SystemClock};
///
/// let may_call = Outbound::parse(&["http://books.spin.internal"])?;
/// let mesh = Mesh::builder().caller("gateway", may_call).build();
///
/// let mut call = Call {
///     caller: "gateway",
///     destination: &Destination::component("books")?,
///     method: &http::Method::GET,
///     has_idempotency_key: false,
///     deadline: Deadline::after(SystemClock.now(), Duration::from_secs(2)),
///     repeat: 0,
/// };
/// let ticket = mesh.admit(&call)?;
/// // Call ticket.target() before ticket.deadline(), then tell how it went.
/// let outcome = Outcome::Unreached;
/// ticket.finish(outcome);
/// if let Some(wait) = mesh.may_retry(&call, outcome) {
///     // Wait, then ask for admission once more.
///     call.repeat += 1;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Mesh(Arc<Shared>);

/// What all clones and tickets share.
struct Shared {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    settings: Settings,
    policies: HashMap<String, Outbound>,
    versions: RwLock<HashMap<String, Weights>>,
    targets: Targets,
}

impl Mesh {
    /// A mesh that allows nobody to call anything, to be added to.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Asks whether a call may be made now. Never waits.
    pub fn admit(&self, call: &Call<'_>) -> Result<Ticket, Refused> {
        let shared = &self.0;
        if !shared.policies.get(call.caller).is_some_and(|policy| policy.allows(call.destination)) {
            shared.targets.count_not_allowed();
            return Err(Refused::NotAllowed);
        }
        let now = shared.clock.now();
        let destination = self.target(call.destination.name())?;
        if call.repeat == 0 {
            destination.deposit(now);
        }
        let deadline = call.deadline.next_hop(shared.settings.hop_reserve);
        if deadline.has_passed(now) {
            destination.counters.count_deadline_passed();
            return Err(Refused::DeadlinePassed);
        }
        let target = match self.version(call.destination.component_id()) {
            Some(version) => self.target(&version)?,
            None => destination,
        };
        let (permit, admission) = target.try_admit(now)?;
        Ok(Ticket::new(Arc::clone(shared), target, permit, admission, deadline, now))
    }

    /// Whether a call that ended so may be made again, and after which wait. A `Some` is taken out of the
    /// budget, so ask only to act on it.
    pub fn may_retry(&self, call: &Call<'_>, outcome: Outcome) -> Option<Duration> {
        let shared = &self.0;
        if call.repeat >= rule::REPEATS
            || !outcome.is_retry_safe()
            || !rule::is_idempotent(call.method, call.has_idempotency_key)
        {
            return None;
        }
        let now = shared.clock.now();
        let wait = shared.settings.backoff.wait(call.repeat, shared.random.number());
        if call.deadline.next_hop(shared.settings.hop_reserve).has_passed(now + wait) {
            return None;
        }
        let destination = self.target(call.destination.name()).ok()?;
        destination.try_repeat(now).then_some(wait)
    }

    /// Spreads the calls to a component over versions of it, from the next call on; `None` ends that.
    pub fn set_versions(&self, component: &str, weights: Option<Weights>) {
        let mut versions = self.0.versions.write().unwrap_or_else(PoisonError::into_inner);
        match weights {
            Some(weights) => versions.insert(component.to_owned(), weights),
            None => versions.remove(component),
        };
    }

    /// How every destination does, sorted by name.
    pub fn snapshot(&self) -> Snapshot {
        self.0.targets.snapshot(self.0.clock.now())
    }

    fn version(&self, component: Option<&str>) -> Option<String> {
        let versions = self.0.versions.read().unwrap_or_else(PoisonError::into_inner);
        let weights = versions.get(component?)?;
        Some(weights.pick(self.0.random.number()).to_owned())
    }

    fn target(&self, name: &str) -> Result<Arc<Target>, Refused> {
        let shared = &self.0;
        shared.targets.get(name, &shared.settings, shared.clock.now())
    }
}

#[cfg(test)]
mod tests;
