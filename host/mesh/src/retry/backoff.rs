//! How long to wait before a repeat: exponential backoff with full jitter.
//!
//! Full jitter (a wait spread evenly from zero to the bound) is what keeps callers that failed together from
//! returning together: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

use std::time::Duration;

use crate::random::below;

/// A growing wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
}

/// Why a backoff can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a backoff needs a base above zero and a cap of at least the base")]
pub struct InvalidBackoff;

impl Backoff {
    /// Waits of at most `base`, then twice that, and so on up to `cap`.
    pub fn new(base: Duration, cap: Duration) -> Result<Self, InvalidBackoff> {
        if base.is_zero() || cap < base { Err(InvalidBackoff) } else { Ok(Self { base, cap }) }
    }

    /// The wait before repeat number `repeat`, counted from 0, for a given random number.
    pub fn wait(self, repeat: u32, number: u64) -> Duration {
        let factor = 2_u32.checked_pow(repeat).unwrap_or(u32::MAX);
        let bound = self.base.saturating_mul(factor).min(self.cap);
        let nanoseconds = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(below(number, nanoseconds.saturating_add(1)))
    }
}

impl Default for Backoff {
    /// From 10 ms to 250 ms.
    fn default() -> Self {
        Self { base: Duration::from_millis(10), cap: Duration::from_millis(250) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, InvalidBackoff};

    #[test]
    fn the_bound_doubles_up_to_the_cap() {
        let backoff = Backoff::default();
        let longest = |repeat| backoff.wait(repeat, u64::MAX).as_millis();
        assert_eq!([0, 1, 2, 3, 4, 5, 31, u32::MAX].map(longest), [10, 20, 40, 80, 160, 250, 250, 250]);
    }

    #[test]
    fn the_jitter_is_full() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait(3, 0), Duration::ZERO);
        assert_eq!(backoff.wait(3, u64::MAX / 2).as_millis(), 40);
    }

    #[test]
    fn impossible_bounds_are_refused() {
        let (zero, one, two) = (Duration::ZERO, Duration::from_millis(1), Duration::from_millis(2));
        assert_eq!(Backoff::new(zero, one), Err(InvalidBackoff));
        assert_eq!(Backoff::new(two, one), Err(InvalidBackoff));
        assert!(Backoff::new(one, one).is_ok());
    }
}
