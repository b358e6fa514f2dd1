//! Wall-clock time, so that tests can turn the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

/// How long nobody looks at the clock.
const LONGEST_NAP: Duration = Duration::from_secs(1);

/// The wall clock that stamps events and drives ticks.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> SystemTime;
    /// Returns once `now` is at or past `time`. A machine that slept or whose clock was set is noticed after a second.
    async fn wait_until(&self, time: SystemTime) {
        while let Ok(left) = time.duration_since(self.now()) {
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP)).await;
        }
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Microseconds since 1970-01-01T00:00:00Z; times before that count as 0.
pub(crate) fn micros(time: SystemTime) -> i64 {
    let elapsed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

/// The time `micros` microseconds after 1970-01-01T00:00:00Z; negative counts as 0.
pub(crate) fn time(micros: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
