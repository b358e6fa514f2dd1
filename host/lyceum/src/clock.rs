//! The time that this host's components see, for all that shares a time with them: identities, events, ticks, rows.

use std::time::{Instant, SystemTime};

use lyceum_clock::WallClock;

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

impl lyceum_events::Clock for Shown {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// As the databases ask for it.
pub(crate) fn of_databases(clock: WallClock) -> lyceum_sql::Clock {
    lyceum_sql::Clock::new(move || clock.now())
}
