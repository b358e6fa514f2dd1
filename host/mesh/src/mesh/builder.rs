//! What a mesh is made from.

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use super::targets::Targets;
use super::versions::Versions;
use super::{Mesh, Shared};
use crate::breaker;
use crate::clock::{Clock, SystemClock};
use crate::policy::Outbound;
use crate::random::{Random, SystemRandom};
use crate::retry::Backoff;
use crate::weights::{Weights, WeightsByComponent};

/// What holds for every destination, unless the builder says otherwise for one.
#[derive(Clone, Debug)]
pub struct Settings {
    /// When breakers open and close.
    pub breaker: breaker::Settings,
    /// The same for versions beside their component: a canary gets few calls, and should be given up after a few.
    pub version_breaker: breaker::Settings,
    /// The wait before a repeat.
    pub backoff: Backoff,
    /// Calls in flight per destination.
    pub limit: NonZeroUsize,
    /// What a hop takes off the deadline, so that the caller can still answer after its callee ran out.
    pub hop_reserve: Duration,
    /// A time-out after less than this says nothing about the destination.
    pub fair_time: Duration,
    /// A destination that says after more than this that it is not available is not asked again.
    pub hiccup: Duration,
}

impl Default for Settings {
    /// 256 calls in flight, 5 ms a hop, half a second as fair, one second at most for a hiccup.
    fn default() -> Self {
        Self {
            breaker: breaker::Settings::default(),
            version_breaker: breaker::Settings::default()
                .with_minimum_calls(NonZeroU32::MIN.saturating_add(4)),
            backoff: Backoff::default(),
            limit: NonZeroUsize::MIN.saturating_add(255),
            hop_reserve: Duration::from_millis(5),
            fair_time: Duration::from_millis(500),
            hiccup: Duration::from_secs(1),
        }
    }
}

/// Collects what a [`Mesh`] needs to know.
#[must_use]
pub struct Builder {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    settings: Settings,
    policies: HashMap<String, Outbound>,
    limits: HashMap<String, NonZeroUsize>,
    versions: WeightsByComponent,
}

impl Builder {
    /// The component `id`, and what it may call. It is also a destination that is never forgotten.
    pub fn caller(mut self, id: &str, may_call: Outbound) -> Self {
        self.policies.insert(id.to_owned(), may_call);
        self
    }

    /// How many calls to this destination may be in flight; see
    /// [`Destination::name`](crate::Destination::name).
    pub fn limit(mut self, destination: &str, limit: NonZeroUsize) -> Self {
        self.limits.insert(destination.to_owned(), limit);
        self
    }

    /// Spreads the calls to a component over versions of it.
    pub fn versions(mut self, component: &str, weights: Weights) -> Self {
        self.versions.insert(component.to_owned(), weights);
        self
    }

    /// What holds for every destination.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Where time comes from, instead of the computer's clocks.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where chance comes from, instead of the operating system.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// The mesh.
    pub fn build(self) -> Mesh {
        let now = self.clock.now();
        let declared = self.policies.keys().map(String::as_str);
        let targets = Targets::new(declared, self.limits, &self.settings, now);
        Mesh(Arc::new(Shared {
            clock: self.clock,
            random: self.random,
            settings: self.settings,
            policies: RwLock::new(self.policies),
            versions: RwLock::new(Arc::new(Versions::new(self.versions))),
            targets,
        }))
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            settings: Settings::default(),
            policies: HashMap::new(),
            limits: HashMap::new(),
            versions: WeightsByComponent::new(),
        }
    }
}
