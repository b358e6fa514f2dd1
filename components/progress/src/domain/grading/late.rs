//! What it costs to hand something in late.

use std::time::Duration;

use lyceum_kit::prelude::Timestamp;
use serde::{Deserialize, Serialize};

use super::fraction::Fraction;
use super::points::Points;

const DAY: Duration = Duration::from_hours(24);

/// What becomes of what is late.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LateKind {
    /// It isn't taken.
    #[default]
    Refuse,
    /// It is taken as if it were in time.
    Accept,
    /// Each day that has begun costs some percent of what was reached.
    Deduct,
}

/// The policy.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Late {
    #[serde(default)]
    pub(crate) kind: LateKind,
    #[serde(default)]
    pub(crate) percent_per_day: Points,
    /// No more than that, however late it is.
    #[serde(default = "all")]
    pub(crate) maximum_percent: Points,
}

fn all() -> Points {
    Points::HUNDRED
}

impl Default for Late {
    fn default() -> Self {
        Self { kind: LateKind::Refuse, percent_per_day: Points::ZERO, maximum_percent: Points::HUNDRED }
    }
}

impl Late {
    /// How many percent of what was reached it costs to hand in at this moment what was due at that one.
    pub(crate) fn penalty(&self, due_at: Timestamp, handed_in_at: Timestamp) -> Fraction {
        let late = handed_in_at.since(due_at);
        if self.kind != LateKind::Deduct || late.is_zero() {
            return Fraction::zero();
        }
        let days = late.as_micros().div_ceil(DAY.as_micros());
        let days = Fraction::whole(usize::try_from(days).unwrap_or(usize::MAX));
        let most = Fraction::from(self.maximum_percent).min(Fraction::from(Points::HUNDRED));
        (Fraction::from(self.percent_per_day) * days).min(most)
    }
}

/// What is left of points after a penalty in percent of them.
pub(crate) fn after(points: Fraction, penalty: &Fraction) -> Fraction {
    let kept = (Fraction::whole(100) - penalty.clone()) * Fraction::part(1, 100);
    points * kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn each_day_that_has_begun_costs_as_much_up_to_the_most() {
        let late: Late =
            serde_json::from_str(r#"{"kind": "deduct", "percent_per_day": "12.5", "maximum_percent": 40}"#)
                .unwrap();
        for (seconds, percent) in [
            (-5, "0"),
            (0, "0"),
            (1, "25/2"),
            (86_400, "25/2"),
            (86_401, "25"),
            (3 * 86_400, "75/2"),
            (4 * 86_400, "40"),
            (4_000 * 86_400, "40"),
        ] {
            assert_eq!(late.penalty(at(1_000), at(1_000 + seconds)).to_string(), percent);
        }
        assert!(Late::default().penalty(at(0), at(999_999)).is_zero());
    }

    #[test]
    fn a_penalty_is_of_the_points_that_were_reached() {
        let of = |points: &str, percent: usize| {
            after(Fraction::from(points.parse::<Points>().unwrap()), &Fraction::whole(percent)).to_string()
        };
        assert_eq!([of("15", 10), of("1.5", 100), of("0", 50), of("22.5", 0)], ["27/2", "0", "0", "45/2"]);
    }
}
