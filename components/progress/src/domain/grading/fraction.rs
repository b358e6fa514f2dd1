//! Exact numbers for all that is counted between what people give and what they are shown.
//!
//! Nothing is rounded before it is shown. There it is rounded to two digits after the point, half away from zero: 2.345 is
//! 2.35, and -2.345 is -2.35. Whether somebody passed, and which letter a grade is, is decided by the exact number.

use std::fmt;
use std::ops::{Add, Mul, Sub};
use std::str::FromStr;

use lyceum_kit::prelude::{FromValue, IntoValue, Value};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, Zero as _};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::points::Points;

/// An exact number. In JSON it is a text, rounded as people are shown it: `"66.67"`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, ToSchema)]
#[schema(value_type = String, examples("66.67"))]
pub(crate) struct Fraction(BigRational);

impl Fraction {
    /// Nothing.
    pub(crate) fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// All of it.
    pub(crate) fn one() -> Self {
        Self(BigRational::one())
    }

    /// This number.
    pub(crate) fn whole(number: usize) -> Self {
        Self(BigRational::from_integer(BigInt::from(number)))
    }

    /// So many of so many; nothing if there are none.
    pub(crate) fn part(some: usize, all: usize) -> Self {
        Self::whole(some).over(&Self::whole(all)).unwrap_or_else(Self::zero)
    }

    /// This divided by another number; none if that is zero.
    pub(crate) fn over(&self, other: &Self) -> Option<Self> {
        if other.0.is_zero() { None } else { Some(Self(&self.0 / &other.0)) }
    }

    /// A percentage of something as a share of it.
    pub(crate) fn of_percent(percent: Points) -> Self {
        let hundredth = BigRational::new(BigInt::one(), BigInt::from(100));
        Self(Self::from(percent).0 * hundredth)
    }

    /// A share of something in percent of it.
    pub(crate) fn in_percent(&self) -> Self {
        Self(&self.0 * BigRational::from_integer(BigInt::from(100)))
    }

    /// Without its sign.
    pub(crate) fn size(&self) -> Self {
        Self(self.0.abs())
    }

    #[cfg(test)]
    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Hundredths, rounded half away from zero.
    fn hundredths(&self) -> BigInt {
        let (above, below) = (self.0.numer().abs() * BigInt::from(200), self.0.denom());
        let rounded = (above + below) / (below * BigInt::from(2));
        if self.0.is_negative() { -rounded } else { rounded }
    }

    /// As people are shown it: two digits after the point.
    pub(crate) fn shown(&self) -> String {
        let hundredths = self.hundredths();
        let digits = format!("{:0>3}", hundredths.abs().to_string());
        let (whole, rest) = digits.split_at(digits.len().saturating_sub(2));
        let sign = if hundredths.is_negative() { "-" } else { "" };
        format!("{sign}{whole}.{rest}")
    }

    /// As people are shown it, for an event.
    pub(crate) fn rounded(&self) -> f64 {
        self.shown().parse().unwrap_or_default()
    }

    /// Whole hundredths, for what must not be reached before it is.
    pub(crate) fn floored(&self) -> i64 {
        let hundredths = (&self.0 * BigRational::from_integer(BigInt::from(100))).floor().to_integer();
        i64::try_from(hundredths).unwrap_or(i64::MAX)
    }
}

impl From<Points> for Fraction {
    fn from(points: Points) -> Self {
        let number = points.decimal();
        Self(BigRational::new(BigInt::from(number.mantissa()), BigInt::from(10).pow(number.scale())))
    }
}

impl From<BigRational> for Fraction {
    fn from(number: BigRational) -> Self {
        Self(number)
    }
}

impl Add for Fraction {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Fraction {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Fraction {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl std::iter::Sum for Fraction {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), Add::add)
    }
}

/// Exact, as it is stored: `2/3`.
impl fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Fraction {
    type Err = num_rational::ParseRatioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown())
    }
}

impl IntoValue for Fraction {
    fn into_value(self) -> Value {
        self.to_string().into_value()
    }
}

impl FromValue for Fraction {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exactly(text: &str) -> Fraction {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_shown_is_rounded_half_away_from_zero() {
        for (number, shown) in [
            ("0", "0.00"),
            ("1/3", "0.33"),
            ("2/3", "0.67"),
            ("469/200", "2.35"),
            ("-469/200", "-2.35"),
            ("1/200", "0.01"),
            ("-1/200", "-0.01"),
            ("1/201", "0.00"),
            ("-1/300", "0.00"),
            ("1999/1000", "2.00"),
            ("100", "100.00"),
        ] {
            assert_eq!(exactly(number).shown(), shown, "{number}");
        }
        assert!((exactly("2/3").in_percent().rounded() - 66.67).abs() < 1e-9);
        assert_eq!([exactly("2/3").floored(), exactly("-1/300").floored()], [66, -1]);
    }

    #[test]
    fn nothing_is_lost_on_the_way() {
        let third = Fraction::part(1, 3);
        let eighth = third.clone() * Fraction::from("0.375".parse::<Points>().unwrap());
        assert_eq!(eighth, Fraction::part(1, 8));
        assert_eq!(exactly(&third.to_string()), third);
        assert_eq!(third.over(&Fraction::zero()), None);
        assert_eq!(Fraction::of_percent("12.5".parse().unwrap()), Fraction::part(1, 8));
    }
}
