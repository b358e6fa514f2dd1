//! Who sends the next request, and when it was meant to start.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Hands out the starts of requests to all workers.
pub(crate) struct Schedule {
    start: Instant,
    end: Instant,
    rate: Option<NonZeroU32>,
    limit: u64,
    next: AtomicU64,
}

impl Schedule {
    /// From `start` for `length`, and no more than `limit` requests.
    pub(crate) fn new(
        start: Instant,
        length: Duration,
        rate: Option<NonZeroU32>,
        limit: Option<NonZeroU64>,
    ) -> Self {
        let limit = limit.map_or(u64::MAX, NonZeroU64::get);
        Self { start, end: start + length, rate, limit, next: AtomicU64::new(0) }
    }

    /// Waits for the next request that is to be sent and gives its intended start; `None` when it is over.
    pub(crate) fn next(&self) -> Option<Instant> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if number >= self.limit {
            return None;
        }
        let Some(rate) = self.rate else {
            return Some(Instant::now()).filter(|now| *now < self.end);
        };
        let nanoseconds = u128::from(number) * 1_000_000_000 / u128::from(rate.get());
        let intended = self.start + Duration::from_nanos(u64::try_from(nanoseconds).ok()?);
        // A request that is late because all connections wait is sent late, and its wait is counted; what has
        // not been sent by the end is dropped.
        let now = Instant::now();
        if intended >= self.end || now >= self.end {
            return None;
        }
        thread::sleep(intended.saturating_duration_since(now));
        Some(intended)
    }
}

#[cfg(test)]
mod tests {
    use std::num::{NonZeroU32, NonZeroU64};
    use std::time::{Duration, Instant};

    use super::Schedule;

    #[test]
    fn an_open_loop_starts_at_the_rate_until_the_end() {
        let start = Instant::now();
        let schedule = Schedule::new(start, Duration::from_millis(100), NonZeroU32::new(100), None);
        let starts: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
        let expected: Vec<_> = (0..10).map(|number| start + Duration::from_millis(10 * number)).collect();
        // A machine that stalls may lose the last ones, but never shifts one.
        assert_eq!(starts, expected[..starts.len()]);
        assert!(!starts.is_empty());
    }

    #[test]
    fn a_start_that_was_missed_keeps_its_intended_time() {
        let start = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        let schedule = Schedule::new(start, Duration::from_mins(1), NonZeroU32::new(100), None);
        assert_eq!(schedule.next(), Some(start));
    }

    #[test]
    fn the_count_is_bounded() {
        let limit = NonZeroU64::new(3);
        let schedule = Schedule::new(Instant::now(), Duration::from_mins(1), None, limit);
        assert_eq!(std::iter::from_fn(|| schedule.next()).count(), 3);
    }
}
