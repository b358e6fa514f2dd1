//! Exact decimal numbers: points, answers and tolerances are never rounded.

use std::fmt;
use std::str::FromStr;

use lyceum_kit::violation::Violation;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::ToSchema;

/// Digits before the point.
const WHOLE: usize = 15;
/// Digits behind it.
const PLACES: usize = 9;
const UNIT: i128 = 1_000_000_000;

/// A number of at most 15 digits before the point and 9 behind it, as a text.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, ToSchema)]
#[schema(value_type = String, pattern = "^-?[0-9]{1,15}(\\.[0-9]{1,9})?$", examples("2.5"))]
pub(crate) struct Decimal(i128);

impl Decimal {
    pub(crate) const ZERO: Self = Self(0);

    /// A whole number.
    pub(crate) const fn whole(number: i32) -> Self {
        Self(number as i128 * UNIT)
    }

    /// Whether it has no more digits behind the point.
    pub(crate) const fn has_places(self, places: u32) -> bool {
        self.0 % (UNIT / 10_i128.pow(places)) == 0
    }

    /// All of them together.
    pub(crate) fn sum(numbers: impl IntoIterator<Item = Self>) -> Self {
        Self(numbers.into_iter().fold(0, |sum, Self(number)| sum.saturating_add(number)))
    }
}

impl FromStr for Decimal {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let wrong = || Violation::new("DECIMAL", "Must be a decimal number such as 2.5, as a text.");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |digits: &str, most| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !plain(whole, WHOLE) || !plain(part, PLACES) {
            return Err(wrong());
        }
        let billionths: i128 = format!("{whole}{part:0<PLACES$}").parse().map_err(|_| wrong())?;
        Ok(Self(sign * billionths))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.abs());
        let part = format!("{:0>PLACES$}", size % UNIT);
        match part.trim_end_matches('0') {
            "" => write!(formatter, "{sign}{}", size / UNIT),
            part => write!(formatter, "{sign}{}.{part}", size / UNIT),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|Violation { message, .. }| D::Error::custom(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Decimal>().ok().map(|number| number.to_string())
    }

    #[test]
    fn a_number_is_kept_as_it_is() {
        for (text, shown) in [
            ("0", "0"),
            ("-0", "0"),
            ("2.50", "2.5"),
            ("007", "7"),
            ("-0.000000001", "-0.000000001"),
            ("999999999999999.999999999", "999999999999999.999999999"),
        ] {
            assert_eq!(read(text).as_deref(), Some(shown));
        }
        for text in
            ["", "-", ".5", "5.", "1e3", "+1", "1,5", " 1", "0.0000000001", "1000000000000000", "NaN", "١"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn places_and_sums_are_exact() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert!(number("1.25").has_places(2) && !number("1.255").has_places(2) && number("3").has_places(0));
        assert_eq!(Decimal::sum([number("0.1"), number("0.2"), number("-1")]), number("-0.7"));
        assert_eq!(Decimal::whole(-7), number("-7"));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same(billionths in -999_999_999_999_999_i128 * UNIT..999_999_999_999_999 * UNIT) {
            let number = Decimal(billionths);
            prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
        }
    }
}
