//! When a breaker opens, for how long, and how it closes again.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::random::below;

/// The settings of a breaker. The default is what [`Settings::default`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    failure_percent: u8,
    minimum_calls: NonZeroU32,
    first_open: Duration,
    longest_open: Duration,
    probes: NonZeroU32,
}

/// Why settings can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// At 0 % it would open without a failure, above 100 % never.
    #[error("the share of failures must be 1 to 100 percent, not {0}")]
    FailurePercent(u8),
    /// It must stay open for some time, and the longest time can't be shorter than the first nor over a day.
    #[error("the time open must be above zero and its cap at least that and at most a day")]
    OpenTime,
}

impl Settings {
    /// One slot of the sliding window over outcomes.
    pub(super) const SLOT: Duration = Duration::from_secs(1);
    /// Slots of the window: 10 s in all.
    pub(super) const SLOTS: usize = 10;
    const DAY: Duration = Duration::from_hours(24);

    /// Opens when `failure_percent` of at least `minimum_calls` in 10 s failed, for `first_open` and, if
    /// `probes` probes then don't all succeed, for longer, up to `longest_open`.
    pub fn new(
        failure_percent: u8,
        minimum_calls: NonZeroU32,
        first_open: Duration,
        longest_open: Duration,
        probes: NonZeroU32,
    ) -> Result<Self, InvalidSettings> {
        if !(1..=100).contains(&failure_percent) {
            return Err(InvalidSettings::FailurePercent(failure_percent));
        }
        if first_open.is_zero() || longest_open < first_open || longest_open > Self::DAY {
            return Err(InvalidSettings::OpenTime);
        }
        Ok(Self { failure_percent, minimum_calls, first_open, longest_open, probes })
    }

    /// The same, but opening after as many calls.
    #[must_use]
    pub fn with_minimum_calls(self, minimum_calls: NonZeroU32) -> Self {
        Self { minimum_calls, ..self }
    }

    /// How many probes a half-open breaker lets through.
    pub fn probes(&self) -> u32 {
        self.probes.get()
    }

    /// Whether so many failures among so many calls open the breaker.
    pub(super) fn trips_at(&self, calls: u64, failures: u64) -> bool {
        calls >= u64::from(self.minimum_calls.get())
            && failures.saturating_mul(100) >= calls.saturating_mul(u64::from(self.failure_percent))
    }

    /// How long to stay open the `reopened`th time after the first. The bound doubles each time; the upper
    /// half of it is jitter, so that several hosts don't probe a struggling service in step.
    pub(super) fn open_for(&self, reopened: u32, number: u64) -> Duration {
        if reopened == 0 {
            return self.first_open;
        }
        let factor = 2_u32.checked_pow(reopened).unwrap_or(u32::MAX);
        let bound = self.first_open.saturating_mul(factor).min(self.longest_open);
        let half = bound / 2;
        let jitter = below(number, u64::try_from(half.as_nanos()).unwrap_or(u64::MAX).saturating_add(1));
        half + Duration::from_nanos(jitter)
    }
}

impl Default for Settings {
    /// 50 % of at least 20 calls in 10 s; 1 s, then up to 1.5 s; 5 probes. What fails mostly does so because a server
    /// behind it is away, and two seconds after that is back everything should flow again.
    fn default() -> Self {
        Self {
            failure_percent: 50,
            minimum_calls: NonZeroU32::MIN.saturating_add(19),
            first_open: Duration::from_secs(1),
            longest_open: Duration::from_millis(1500),
            probes: NonZeroU32::MIN.saturating_add(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::{InvalidSettings, Settings};

    #[test]
    fn it_opens_at_half_of_twenty() {
        let settings = Settings::default();
        assert!(settings.trips_at(20, 10));
        assert!(!settings.trips_at(20, 9));
        assert!(!settings.trips_at(19, 19));
        assert!(settings.trips_at(101, 51));
        assert!(!settings.trips_at(101, 50));
    }

    #[test]
    fn the_time_open_grows_with_jitter_up_to_the_longest() {
        let (first, longest) = (Duration::from_secs(5), Duration::from_mins(1));
        let settings = Settings::new(50, NonZeroU32::MIN, first, longest, NonZeroU32::MIN).unwrap();
        let seconds = |reopened, number| settings.open_for(reopened, number).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 40].map(|reopened| seconds(reopened, u64::MAX)), [5, 10, 20, 40, 60, 60]);
        assert_eq!([0, 1, 2, 3, 4, 40].map(|reopened| seconds(reopened, 0)), [5, 5, 10, 20, 30, 30]);
    }

    #[test]
    fn a_service_that_is_well_again_is_found_within_two_seconds() {
        let settings = Settings::default();
        for reopened in [0, 1, 2, 40] {
            assert!(settings.open_for(reopened, u64::MAX) < Duration::from_secs(2), "{reopened}");
        }
    }

    #[test]
    fn impossible_settings_are_refused() {
        let one = NonZeroU32::MIN;
        let second = Duration::from_secs(1);
        for percent in [0, 101, 255] {
            let refused = Settings::new(percent, one, second, second, one);
            assert_eq!(refused, Err(InvalidSettings::FailurePercent(percent)));
        }
        for (first, longest) in [(0, 1), (2, 1), (1, 100_000)] {
            let (first, longest) = (Duration::from_secs(first), Duration::from_secs(longest));
            assert_eq!(Settings::new(50, one, first, longest, one), Err(InvalidSettings::OpenTime));
        }
        assert!(Settings::new(100, one, second, second, one).is_ok());
    }
}
