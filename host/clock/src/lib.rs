//! The time of day that a host shows to its components, and keeps to itself wherever it shares a time with them.
//!
//! It is the machine's, or one that was set at the start and runs on from there: for demonstrations, and for tests that depend
//! on dates. Guarantees: every copy of a clock shows the same time; it runs as fast as the machine's, and is set wherever that
//! is set. What concerns others outside of the application, as signatures of requests to S3, keeps the machine's time.

#![forbid(unsafe_code)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock on the wall: how far it is from the machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WallClock {
    ahead: Duration,
    behind: Duration,
}

impl WallClock {
    /// The machine's time.
    pub const fn of_the_machine() -> Self {
        Self { ahead: Duration::ZERO, behind: Duration::ZERO }
    }

    /// A clock that shows `time` now, and runs on from there.
    pub fn set_to(time: SystemTime) -> Self {
        Self::set_at(SystemTime::now(), time)
    }

    fn set_at(now: SystemTime, time: SystemTime) -> Self {
        match time.duration_since(now) {
            Ok(ahead) => Self { ahead, ..Self::default() },
            Err(earlier) => Self { behind: earlier.duration(), ..Self::default() },
        }
    }

    /// The time that it shows.
    pub fn now(&self) -> SystemTime {
        self.at(SystemTime::now())
    }

    /// Since 1970-01-01T00:00:00Z; nothing before that.
    pub fn since_epoch(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn at(&self, now: SystemTime) -> SystemTime {
        // Times that can't be written are nobody's intention: then the machine's is the better one.
        now.checked_add(self.ahead).and_then(|time| time.checked_sub(self.behind)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn shows_the_time_that_it_was_set_to_and_runs_on() {
        let now = UNIX_EPOCH + 1_000 * HOUR;
        for set_to in [UNIX_EPOCH, now - HOUR, now, now + 50_000 * HOUR] {
            let clock = WallClock::set_at(now, set_to);
            assert_eq!(clock.at(now), set_to);
            assert_eq!(clock.at(now + HOUR), set_to + HOUR);
        }
    }

    #[test]
    fn is_the_machines_unless_it_is_set() {
        let before = SystemTime::now();
        let shown = WallClock::of_the_machine().now();
        assert!(before <= shown && shown <= SystemTime::now());
    }
}
