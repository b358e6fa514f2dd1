//! Percentages, exact to a hundredth.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

const MOST: u16 = 10_000;

/// From 0 to 100, in hundredths; in JSON a number such as 12.5. What is finer is cut off, so that nothing is complete before it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Percent(u16);

impl Percent {
    pub(crate) const FULL: Self = Self(MOST);

    /// So many hundredths, at most all.
    pub(crate) const fn of_hundredths(hundredths: u16) -> Self {
        Self(if hundredths > MOST { MOST } else { hundredths })
    }

    #[cfg(test)]
    pub(crate) const fn hundredths(self) -> u16 {
        self.0
    }

    pub(crate) fn number(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// None of what isn't from 0 to 100.
    pub(crate) fn of_number(number: f64) -> Option<Self> {
        if !(0.0..=100.0).contains(&number) {
            return None;
        }
        let mut found = 0_u16;
        for bit in (0..14).rev() {
            let tried = found | (1 << bit);
            if tried <= MOST && f64::from(tried) / 100.0 <= number {
                found = tried;
            }
        }
        Some(Self(found))
    }

    /// The mean, rounded down; nothing of nothing.
    pub(crate) fn mean(all: impl IntoIterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (0_u64, 0_u64);
        for one in all {
            sum += u64::from(one.0);
            count += 1;
        }
        let mean = sum.checked_div(count).and_then(|mean| u16::try_from(mean).ok());
        mean.map_or(Self(0), Self::of_hundredths)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of_number(f64::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("must be from 0 to 100"))
    }
}

impl utoipa::PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Number));
        number.minimum(Some(0)).maximum(Some(100)).into()
    }
}

impl utoipa::ToSchema for Percent {}

impl IntoValue for Percent {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl FromValue for Percent {
    fn from_value(value: Value) -> Option<Self> {
        u16::from_value(value).map(Self::of_hundredths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_exact_to_a_hundredth_and_never_rounded_up() {
        let hundredths = |number| Percent::of_number(number).map(Percent::hundredths);
        for (number, expected) in
            [(0.0, 0), (0.009, 0), (0.07, 7), (33.33, 3_333), (99.999, 9_999), (100.0, 10_000)]
        {
            assert_eq!(hundredths(number), Some(expected), "{number}");
        }
        for bad in [-0.01, 100.01, f64::NAN, f64::INFINITY] {
            assert_eq!(hundredths(bad), None, "{bad}");
        }
        for hundredths in 0..=MOST {
            let percent = Percent::of_hundredths(hundredths);
            assert_eq!(Percent::of_number(percent.number()), Some(percent));
        }
    }

    #[test]
    fn a_mean_is_full_only_if_all_are() {
        let mean = |all: &[u16]| Percent::mean(all.iter().map(|one| Percent::of_hundredths(*one)));
        assert_eq!(mean(&[]), Percent::default());
        assert_eq!(mean(&[MOST, MOST]), Percent::FULL);
        assert_eq!(mean(&[MOST, MOST, 9_999]).hundredths(), 9_999);
        assert_eq!(mean(&[MOST, 0, 0]).hundredths(), 3_333);
    }
}
