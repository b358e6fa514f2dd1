//! Deadlines that shrink along the way.
//!
//! The first hop sets a deadline; each further hop gets a little less, so that the caller still has time to
//! answer when its callee ran out of it. Between processes a deadline travels as the time that is left,
//! since clocks of two machines differ.

use std::time::{Duration, Instant};

/// The header that carries the milliseconds left: `Lyceum-Deadline: 2500`.
pub const HEADER: &str = "lyceum-deadline";

/// The longest deadline; longer ones are cut to it.
pub const MAX_TIMEOUT: Duration = Duration::from_hours(1);

/// The moment by which a call must be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// Why a deadline's header can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a deadline is the milliseconds left as 1 to 9 decimal digits")]
pub struct InvalidDeadline;

impl Deadline {
    /// A deadline `left` from `now`, at most [`MAX_TIMEOUT`].
    pub fn after(now: Instant, left: Duration) -> Self {
        Self(now + left.min(MAX_TIMEOUT))
    }

    /// Reads a [`HEADER`]'s value received at `now`.
    pub fn from_header(value: &str, now: Instant) -> Result<Self, InvalidDeadline> {
        // `parse` alone would take a sign.
        if value.is_empty() || value.len() > 9 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidDeadline);
        }
        let milliseconds = value.parse().map_err(|_| InvalidDeadline)?;
        Ok(Self::after(now, Duration::from_millis(milliseconds)))
    }

    /// The [`HEADER`]'s value when sent at `now`: whole milliseconds, rounded down.
    pub fn to_header(self, now: Instant) -> String {
        self.left(now).as_millis().to_string()
    }

    /// What is left of it at `now`; zero once it has passed.
    pub fn left(self, now: Instant) -> Duration {
        self.0.saturating_duration_since(now)
    }

    /// Whether it has passed.
    pub fn has_passed(self, now: Instant) -> bool {
        self.0 <= now
    }

    /// The moment itself.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// The deadline for a call made under this one: `reserve` earlier.
    #[must_use]
    pub fn next_hop(self, reserve: Duration) -> Self {
        // Only a reserve longer than the computer has run can't be taken off.
        Self(self.0.checked_sub(reserve).unwrap_or(self.0))
    }

    /// The earlier of two, such as the caller's and the destination's own limit.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Deadline, InvalidDeadline, MAX_TIMEOUT};

    #[test]
    fn the_header_is_the_milliseconds_left() {
        let now = Instant::now();
        let deadline = Deadline::after(now, Duration::from_micros(2_500_900));
        assert_eq!(deadline.to_header(now), "2500");
        assert_eq!(Deadline::from_header("2500", now), Ok(Deadline::after(now, Duration::from_millis(2500))));
        assert_eq!(deadline.to_header(now + Duration::from_secs(3)), "0");
    }

    #[test]
    fn anything_but_digits_is_refused() {
        for text in ["", "-1", "+1", "1.5", "1 ", " 1", "0x1", "1s", "9999999999", "१"] {
            assert_eq!(Deadline::from_header(text, Instant::now()), Err(InvalidDeadline), "{text:?}");
        }
    }

    #[test]
    fn a_very_long_deadline_is_cut() {
        let now = Instant::now();
        assert_eq!(Deadline::after(now, Duration::MAX).left(now), MAX_TIMEOUT);
        assert_eq!(Deadline::from_header("999999999", now).map(|read| read.left(now)), Ok(MAX_TIMEOUT));
    }

    #[test]
    fn zero_left_has_passed() {
        let now = Instant::now();
        assert!(Deadline::after(now, Duration::ZERO).has_passed(now));
        assert!(!Deadline::after(now, Duration::from_millis(1)).has_passed(now));
    }
}
