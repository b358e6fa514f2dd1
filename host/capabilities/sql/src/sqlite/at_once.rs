//! Short reads where they are asked for, without a change of threads.
//!
//! Handing a read to another thread and waiting for it costs more than most reads do. So each is begun on the
//! caller's own thread with a small budget; one that needs more is begun again on a reading thread.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::Shared;
use super::link::{Link, Role, lock};
use crate::Error;

/// Steps of SQLite's machine, together about a millisecond: half of what a guest may compute at a time.
const STEPS: u32 = 100_000;
/// Long reads that are remembered; a service has far fewer.
const REMEMBERED: usize = 256;

/// Connections for short reads.
#[derive(Clone)]
pub(super) struct AtOnce(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// Those that nobody uses now.
    idle: Mutex<Vec<Link>>,
    /// Reads that were longer than the budget; they are not tried again.
    long: Mutex<HashSet<String>>,
}

impl AtOnce {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(Arc::new(Inner { shared, idle: Mutex::default(), long: Mutex::default() }))
    }

    /// The result of `work`, which only reads; `None` if it has to be done by a reading thread. `name` tells
    /// works apart.
    pub(super) fn run<T>(
        &self,
        name: &str,
        deadline: Instant,
        work: impl FnOnce(&Link) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        if Instant::now() >= deadline || lock(&self.0.long).contains(name) {
            return None;
        }
        let link = self.link()?;
        match link.at_most(STEPS, || work(&link)) {
            Err(Error::Timeout) => {
                let mut long = lock(&self.0.long);
                if long.len() >= REMEMBERED {
                    long.clear();
                }
                long.insert(name.to_owned());
                drop(long);
                self.keep(link);
                None
            }
            // Busy, most likely; what else it may be, a reading thread finds out on a connection of its own.
            Err(Error::Unavailable(_)) => None,
            result => {
                self.keep(link);
                Some(result)
            }
        }
    }

    fn link(&self) -> Option<Link> {
        let kept = lock(&self.0.idle).pop().filter(|link| link.is_current(&self.0.shared.path));
        kept.or_else(|| Link::open(&self.0.shared, Role::ImpatientReader).ok())
    }

    /// There are never more than were in use at once, which is no more than the runtime has threads.
    fn keep(&self, link: Link) {
        lock(&self.0.idle).push(link);
    }
}

impl std::fmt::Debug for AtOnce {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("AtOnce").finish()
    }
}
