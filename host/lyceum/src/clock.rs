//! The time that this host's components see, for all that shares a time with them: identities, events, ticks, rows.

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use lyceum_clock::WallClock;

/// How soon it is noticed that the machine slept, or that its clock was set.
const LONGEST_NAP: Duration = Duration::from_secs(1);

/// As the mesh and the event bus ask for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown(pub(crate) WallClock);

impl lyceum_mesh::Clock for Shown {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn unix_seconds(&self) -> u64 {
        self.0.since_epoch().as_secs()
    }
}

#[async_trait]
impl lyceum_events::Clock for Shown {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    async fn wait_until(&self, time: SystemTime) {
        while let Ok(left) = time.duration_since(self.0.now()) {
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP)).await;
        }
    }
}

/// As the databases ask for it.
pub(crate) fn of_databases(clock: WallClock) -> lyceum_sql::Clock {
    lyceum_sql::Clock::new(move || clock.now())
}
