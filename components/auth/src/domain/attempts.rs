//! Growing delay after failed sign-ins, per address.

use std::time::Duration;

use lyceum_kit::clock::Timestamp;

/// Failures that are forgiven before the first delay.
const FREE_FAILURES: u32 = 3;
/// The delay after the last free failure; each further failure doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(5);
/// The longest delay, so that an account gets at most about 100 guesses a day.
const LONGEST_DELAY: Duration = Duration::from_mins(15);
/// After this long without a failure, earlier ones are forgotten.
pub(crate) const MEMORY: Duration = Duration::from_hours(24);

/// What is remembered of failed sign-ins to one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// Failures in a row.
    pub(crate) failures: u32,
    /// Time of the last failure.
    pub(crate) last_failure_at: Timestamp,
}

impl Attempts {
    /// Nobody failed.
    pub(crate) const NONE: Self = Self { failures: 0, last_failure_at: Timestamp::from_micros(0) };

    /// How long from `now` sign-ins to this address are refused unseen; `None` when they are not.
    pub(crate) fn refused_for(&self, now: Timestamp) -> Option<Duration> {
        let remaining = self.refused_until().since(now);
        (!remaining.is_zero()).then_some(remaining)
    }

    /// Until when sign-ins are refused; in the past when they are not.
    pub(crate) fn refused_until(&self) -> Timestamp {
        let Some(doublings) = self.failures.checked_sub(FREE_FAILURES) else {
            return self.last_failure_at;
        };
        let delay = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_DELAY);
        self.last_failure_at.plus(delay)
    }

    /// The state after another failure.
    #[must_use]
    pub(crate) fn failed(&self, now: Timestamp) -> Self {
        let forgotten = now.since(self.last_failure_at) > MEMORY;
        let earlier = if forgotten { 0 } else { self.failures };
        Self { failures: earlier.saturating_add(1), last_failure_at: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(0).plus(Duration::from_secs(seconds))
    }

    fn after(failures: u32, now: Timestamp) -> Attempts {
        (0..failures).fold(Attempts::NONE, |attempts, _| attempts.failed(now))
    }

    #[test]
    fn the_first_failures_cost_nothing() {
        assert_eq!(Attempts::NONE.refused_for(at(0)), None);
        assert_eq!(after(2, at(1)).refused_for(at(1)), None);
    }

    #[test]
    fn the_delay_doubles_up_to_a_quarter_of_an_hour() {
        let now = at(50);
        let delays: Vec<u64> =
            (3..16).map(|failures| after(failures, now).refused_for(now).unwrap().as_secs()).collect();
        assert_eq!(delays, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900, 900]);
        let many = Attempts { failures: u32::MAX, last_failure_at: now };
        assert_eq!(many.failed(now).refused_for(now), Some(LONGEST_DELAY));
    }

    #[test]
    fn a_delay_passes() {
        let attempts = after(4, at(50));
        assert_eq!(attempts.refused_for(at(59)), Some(Duration::from_secs(1)));
        assert_eq!(attempts.refused_for(at(60)), None);
    }

    #[test]
    fn old_failures_are_forgotten() {
        let attempts = after(9, at(0));
        assert_eq!(attempts.failed(at(0).plus(MEMORY)).failures, 10);
        assert_eq!(attempts.failed(at(1).plus(MEMORY)).failures, 1);
    }
}
