//! The instances of one component: permits, the queue before them, and the idle ones.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lyceum_network::Fault;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::Store;
use wasmtime_wasi_http::p2::bindings::Proxy;

use crate::bindings::subscriber::HandlesEvents;
use crate::guest::{Guest, Trigger};
use crate::limits::Limits;
use crate::statistics::Statistics;

/// A live instance and its typed exports.
pub(crate) struct Instance {
    pub(crate) store: Store<Guest>,
    pub(crate) web: Option<Proxy>,
    pub(crate) events: Option<HandlesEvents>,
    pub(crate) uses: u32,
}

/// An instance that waits for its next call.
struct Idle {
    instance: Instance,
    since: Instant,
}

pub(crate) struct Pool {
    requests: Arc<Semaphore>,
    messages: Arc<Semaphore>,
    queued: AtomicUsize,
    queue: usize,
    reuse: u32,
    memory_mark: usize,
    /// In the order in which they were given back: the one that waits longest comes first.
    idle: Mutex<Vec<Idle>>,
    statistics: Arc<Statistics>,
}

/// The right to run one call, given back when dropped.
pub(crate) struct Permit {
    _permit: OwnedSemaphorePermit,
    statistics: Arc<Statistics>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.statistics.in_flight.dec();
    }
}

impl Pool {
    pub(crate) fn new(limits: &Limits, statistics: Arc<Statistics>) -> Self {
        Self {
            requests: Arc::new(Semaphore::new(limits.concurrency)),
            messages: Arc::new(Semaphore::new(limits.message_concurrency)),
            queued: AtomicUsize::new(0),
            queue: limits.queue,
            reuse: limits.reuse,
            memory_mark: limits.memory_mark,
            idle: Mutex::new(Vec::new()),
            statistics,
        }
    }

    /// Waits for a permit, but never past the deadline and never in a queue longer than allowed.
    pub(crate) async fn permit(&self, trigger: Trigger, deadline: Instant) -> Result<Permit, Fault> {
        let semaphore = match trigger {
            Trigger::Request => &self.requests,
            Trigger::Message => &self.messages,
        };
        let permit = match Arc::clone(semaphore).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait(semaphore, deadline).await?,
        };
        self.statistics.in_flight.inc();
        Ok(Permit { _permit: permit, statistics: Arc::clone(&self.statistics) })
    }

    async fn wait(
        &self,
        semaphore: &Arc<Semaphore>,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, Fault> {
        let place = Place::take(self)?;
        let permit = tokio::time::timeout_at(deadline.into(), Arc::clone(semaphore).acquire_owned()).await;
        drop(place);
        permit.map_err(|_| Fault::Busy)?.map_err(|_| Fault::Busy)
    }

    /// An instance that served before, if one is idle. The one used last is the warmest.
    pub(crate) fn idle(&self) -> Option<Instance> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().map(|idle| idle.instance)
    }

    /// Ends the instances that were idle since before `moment`; what they held goes back to the machine.
    pub(crate) fn end_idle_since(&self, moment: Instant) {
        let ended: Vec<Idle> = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let first_kept = idle.partition_point(|waiting| waiting.since < moment);
            idle.drain(..first_kept).collect()
        };
        self.statistics.discarded_idle.inc_by(u64::try_from(ended.len()).unwrap_or(u64::MAX));
        // Dropped here, after the lock: calls don't wait for it.
    }

    /// Takes an instance back after a call that ended well.
    pub(crate) fn give_back(&self, mut instance: Instance) {
        instance.uses += 1;
        if instance.uses >= self.reuse {
            self.statistics.discarded_worn.inc();
        } else if instance.store.data().memory.used() > self.memory_mark {
            self.statistics.discarded_memory.inc();
        } else {
            let since = Instant::now();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Idle { instance, since });
        }
    }
}

/// A place in the queue, given up when dropped.
struct Place<'a>(&'a Pool);

impl<'a> Place<'a> {
    fn take(pool: &'a Pool) -> Result<Self, Fault> {
        let before = pool.queued.fetch_add(1, Ordering::Relaxed);
        pool.statistics.queued.inc();
        let place = Self(pool);
        if before >= pool.queue {
            pool.statistics.refused.inc();
            return Err(Fault::Busy);
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Ordering::Relaxed);
        self.0.statistics.queued.dec();
    }
}
