//! All destinations by name: the application's components, and a bounded number of others.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use super::snapshot::Snapshot;
use super::target::Target;
use super::{FULL, Refused, Settings};

/// How many destinations are kept besides the declared ones. A component with a wildcard in its
/// `allowed_outbound_hosts` could otherwise fill the memory with names.
const UNDECLARED: usize = 1024;

pub(super) struct Targets {
    declared: HashSet<String>,
    limits: HashMap<String, NonZeroUsize>,
    by_name: RwLock<HashMap<String, Arc<Target>>>,
    not_allowed: AtomicU64,
}

impl Targets {
    pub(super) fn new<'a>(
        declared: impl Iterator<Item = &'a str>,
        limits: HashMap<String, NonZeroUsize>,
        settings: &Settings,
        now: Instant,
    ) -> Self {
        let declared: HashSet<String> = declared.map(str::to_owned).collect();
        let by_name = declared
            .iter()
            .map(|name| {
                let limit = limits.get(name).copied().unwrap_or(settings.limit);
                (name.clone(), Arc::new(Target::new(name, limit, settings.breaker, now)))
            })
            .collect();
        Self { declared, limits, by_name: RwLock::new(by_name), not_allowed: AtomicU64::new(0) }
    }

    /// The destination with this name, known before or not.
    pub(super) fn get(&self, name: &str, settings: &Settings, now: Instant) -> Result<Arc<Target>, Refused> {
        self.known_or_made(name, || {
            let limit = self.limits.get(name).copied().unwrap_or(settings.limit);
            Target::new(name, limit, settings.breaker, now)
        })
    }

    /// A version of this component, known before or not.
    pub(super) fn version(
        &self,
        name: &str,
        component: &str,
        settings: &Settings,
        now: Instant,
    ) -> Result<Arc<Target>, Refused> {
        self.known_or_made(name, || {
            let limit = self.limits.get(component).copied().unwrap_or(settings.limit);
            Target::new(name, limit, settings.version_breaker, now)
        })
    }

    fn known_or_made(&self, name: &str, make: impl FnOnce() -> Target) -> Result<Arc<Target>, Refused> {
        if let Some(known) = self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(Arc::clone(known));
        }
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if let Some(known) = by_name.get(name) {
            return Ok(Arc::clone(known));
        }
        if by_name.len() >= self.declared.len() + UNDECLARED {
            let idle = self.longest_idle(&by_name).ok_or(Refused::Full { retry_after: FULL })?;
            by_name.remove(&idle);
        }
        let target = Arc::new(make());
        by_name.insert(name.to_owned(), Arc::clone(&target));
        Ok(target)
    }

    pub(super) fn count_not_allowed(&self) {
        self.not_allowed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self, now: Instant) -> Snapshot {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut destinations: Vec<_> = by_name.values().map(|target| target.snapshot(now)).collect();
        destinations.sort_by(|one, other| one.name.cmp(&other.name));
        Snapshot { destinations, not_allowed: self.not_allowed.load(Ordering::Relaxed) }
    }

    /// The undeclared destination that was not called for the longest time and has no call in flight.
    fn longest_idle(&self, by_name: &HashMap<String, Arc<Target>>) -> Option<String> {
        by_name
            .values()
            .filter(|target| Arc::strong_count(target) == 1 && !self.declared.contains(target.name()))
            .min_by_key(|target| target.last_used())
            .map(|target| target.name().to_owned())
    }
}
