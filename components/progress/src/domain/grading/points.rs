//! Points and percentages as people give them: decimals, exact.

use std::fmt;
use std::str::FromStr;

use lyceum_kit::prelude::{FromValue, IntoValue, Value};
use rust_decimal::Decimal;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// So many digits may stand after the point.
const PLACES: u32 = 4;
/// At most so much, in either direction.
const LIMIT: i64 = 10_000_000;

/// A decimal number of at most 4 digits after the point, from -10,000,000 to 10,000,000. In JSON it is a text such as `"8.5"`; a
/// number is taken, too.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, ToSchema)]
#[schema(value_type = String, examples("8.5"))]
pub(crate) struct Points(Decimal);

impl Points {
    /// Nothing.
    pub(crate) const ZERO: Self = Self(Decimal::ZERO);
    /// All of it, in percent.
    pub(crate) const HUNDRED: Self = Self(Decimal::ONE_HUNDRED);

    /// A whole number.
    #[cfg(test)]
    pub(crate) fn whole(number: i64) -> Self {
        Self(Decimal::from(number))
    }

    /// All of them together.
    pub(crate) fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        Self(all.into_iter().fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.0)).normalize())
    }

    /// As a decimal.
    pub(crate) const fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether it is below zero.
    pub(crate) fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// Whether it is zero.
    pub(crate) fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is a percentage: from 0 to 100.
    pub(crate) fn is_percentage(self) -> bool {
        !self.is_negative() && self <= Self::HUNDRED
    }
}

/// A text is no such number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotPoints;

impl fmt::Display for NotPoints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "must be a decimal number from -10000000 to 10000000 with at most 4 digits after the point",
        )
    }
}

impl FromStr for Points {
    type Err = NotPoints;

    fn from_str(text: &str) -> Result<Self, NotPoints> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        let number = Decimal::from_str_exact(text).map_err(|_| NotPoints)?.normalize();
        let small = number.abs() <= Decimal::from(LIMIT) && number.scale() <= PLACES;
        // What is -0 elsewhere is 0 here.
        let number = if number.is_zero() { Decimal::ZERO } else { number };
        if plain && small { Ok(Self(number)) } else { Err(NotPoints) }
    }
}

impl fmt::Display for Points {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct Read;

impl Visitor<'_> for Read {
    type Value = Points;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal number such as \"8.5\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Points, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Points, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Points, E> {
        number.to_string().parse().map_err(E::custom)
    }

    // The shortest text that means this number is what was written.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Points, E> {
        number.to_string().parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read)
    }
}

impl IntoValue for Points {
    fn into_value(self) -> Value {
        self.to_string().into_value()
    }
}

impl FromValue for Points {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_and_a_number_are_the_same_points_and_are_shown_as_a_text() {
        for json in ["\"8.5\"", "8.5", "\"8.50\""] {
            let points: Points = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&points).unwrap(), "\"8.5\"");
        }
        let whole: Points = serde_json::from_str("10").unwrap();
        assert_eq!((whole, whole.to_string().as_str()), (Points::whole(10), "10"));
        assert_eq!("-0.0".parse::<Points>().unwrap().to_string(), "0");
    }

    #[test]
    fn what_is_no_exact_small_number_is_refused() {
        for text in ["", "x", "1e3", "1,5", "0.00001", "10000000.1", "-10000001", "NaN", "1_000", "+1", " 1"]
        {
            assert_eq!(text.parse::<Points>(), Err(NotPoints), "{text}");
        }
        assert!(serde_json::from_str::<Points>("1e300").is_err());
        assert!(serde_json::from_str::<Points>("true").is_err());
    }
}
