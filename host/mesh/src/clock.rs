//! Where time comes from.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A source of time, passed in so that tests decide how it flows.
pub trait Clock: Send + Sync + 'static {
    /// Monotonic time, for durations.
    fn now(&self) -> Instant;

    /// Seconds since 1970-01-01T00:00:00Z, for what is written down, such as the expiry of an identity.
    fn unix_seconds(&self) -> u64;
}

/// The computer's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn unix_seconds(&self) -> u64 {
        // A clock set before 1970 makes every identity look fresh for at most its own life, no more.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

/// A clock that stands still until it is told to advance.
#[derive(Debug)]
pub struct VirtualClock {
    start: Instant,
    start_unix_seconds: u64,
    elapsed: Mutex<Duration>,
}

impl VirtualClock {
    /// A clock that shows `unix_seconds`.
    pub fn at(unix_seconds: u64) -> Self {
        Self { start: Instant::now(), start_unix_seconds: unix_seconds, elapsed: Mutex::new(Duration::ZERO) }
    }

    /// Moves both of its times forward.
    pub fn advance(&self, by: Duration) {
        let mut elapsed = self.elapsed.lock().unwrap_or_else(PoisonError::into_inner);
        *elapsed = elapsed.saturating_add(by);
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn unix_seconds(&self) -> u64 {
        self.start_unix_seconds.saturating_add(self.elapsed().as_secs())
    }
}
