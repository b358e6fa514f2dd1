//! The parts joined for one call: policy, version, deadline, bulkhead, breaker, and then the repeat.

mod builder;
mod call;
mod snapshot;
mod target;
mod targets;
mod ticket;
mod versions;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub use builder::{Builder, Settings};
pub use call::{Call, Outcome, Refused};
pub use snapshot::{DestinationSnapshot, RefusedCounts, Snapshot};
pub use ticket::Ticket;

use crate::clock::Clock;
use crate::destination::Destination;
use crate::policy::Outbound;
use crate::random::Random;
use crate::retry::rule;
use crate::weights::{Weights, WeightsByComponent};
use target::{Admitted, Target};
use targets::Targets;
use versions::Versions;

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
///     avoid: None,
/// };
/// let ticket = mesh.admit(&call)?;
/// // Call ticket.target() before ticket.deadline(), then tell how it went.
/// let outcome = Outcome::Unreached;
/// ticket.finish(outcome);
/// if let Some(wait) = mesh.may_retry(&call, outcome, Duration::ZERO) {
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
    policies: RwLock<HashMap<String, Outbound>>,
    versions: RwLock<Arc<Versions>>,
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
        let versions = self.versions();
        if !self.allows(versions.component_of(call.caller), call.destination) {
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
        let component = call.destination.component_id();
        let weighted = component.and_then(|id| Some((id, versions.weights(id)?)));
        let (target, (permit, admission)) = if let Some((id, weights)) = weighted {
            self.admit_version(id, weights, call.avoid, now)?
        } else {
            let admitted = destination.try_admit(now)?;
            (destination, admitted)
        };
        Ok(Ticket::new(Arc::clone(shared), target, permit, admission, deadline, now))
    }

    /// The picked version, or, if it is left alone at present, another one.
    fn admit_version(
        &self,
        component: &str,
        weights: &Weights,
        avoid: Option<&str>,
        now: Instant,
    ) -> Result<(Arc<Target>, Admitted), Refused> {
        let shared = &self.0;
        let number = shared.random.number();
        let avoid = avoid.filter(|avoid| weights.order(number).any(|version| version != *avoid));
        let mut refused = None;
        for version in weights.order(number).filter(|version| Some(*version) != avoid) {
            let target = shared.targets.version(version, component, &shared.settings, now)?;
            match target.try_admit(now) {
                Ok(admitted) => return Ok((target, admitted)),
                Err(Refused::Open { retry_after }) => {
                    refused.get_or_insert(Refused::Open { retry_after });
                }
                // What is too much for one would only be too much for the others as well.
                Err(other) => return Err(other),
            }
        }
        Err(refused.unwrap_or(Refused::Full { retry_after: FULL }))
    }

    /// Whether a call that ended so may be made again, and after which wait. A `Some` is taken out of the
    /// budget, so ask only to act on it.
    ///
    /// One that broke its destination is worth repeating only where another version takes it: see [`Call::avoid`]. One
    /// that was answered only after it `took` long waited for something that is slow, and would wait for it again.
    pub fn may_retry(&self, call: &Call<'_>, outcome: Outcome, took: Duration) -> Option<Duration> {
        let shared = &self.0;
        let waited = outcome.status().is_some() && took > shared.settings.hiccup;
        let is_worth_it = outcome.is_retry_safe() && !waited;
        let is_worth_it = is_worth_it || (outcome == Outcome::Broken && self.has_another(call));
        if call.repeat >= rule::REPEATS
            || !is_worth_it
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

    /// Whether a version takes calls besides the one to avoid.
    fn has_another(&self, call: &Call<'_>) -> bool {
        let versions = self.versions();
        let weights = call.destination.component_id().and_then(|id| versions.weights(id));
        let mut others = weights.into_iter().flat_map(|weights| weights.order(0));
        call.avoid.is_some_and(|avoid| others.any(|version| version != avoid))
    }

    /// Spreads the calls to components over versions of them, from the next call on. Components that are not named have
    /// no versions any more.
    pub fn set_versions(&self, weights: WeightsByComponent) {
        let versions = Arc::new(Versions::new(weights));
        *self.0.versions.write().unwrap_or_else(PoisonError::into_inner) = versions;
    }

    /// Says anew who may call what, from the next call on. Who is not named may call nothing any more.
    pub fn set_policies(&self, policies: HashMap<String, Outbound>) {
        *self.0.policies.write().unwrap_or_else(PoisonError::into_inner) = policies;
    }

    fn allows(&self, caller: &str, destination: &Destination) -> bool {
        let policies = self.0.policies.read().unwrap_or_else(PoisonError::into_inner);
        policies.get(caller).is_some_and(|policy| policy.allows(destination))
    }

    /// The weights in force.
    pub fn weights(&self) -> WeightsByComponent {
        self.versions().all().clone()
    }

    /// The component that this id is a version of; itself if it is none.
    pub fn component_of(&self, id: &str) -> String {
        self.versions().component_of(id).to_owned()
    }

    /// The time for what is written down: see [`Clock::unix_seconds`].
    pub fn unix_seconds(&self) -> u64 {
        self.0.clock.unix_seconds()
    }

    /// How every destination does, sorted by name.
    pub fn snapshot(&self) -> Snapshot {
        self.0.targets.snapshot(self.0.clock.now())
    }

    fn versions(&self) -> Arc<Versions> {
        Arc::clone(&self.0.versions.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn target(&self, name: &str) -> Result<Arc<Target>, Refused> {
        let shared = &self.0;
        shared.targets.get(name, &shared.settings, shared.clock.now())
    }
}

#[cfg(test)]
mod tests;
