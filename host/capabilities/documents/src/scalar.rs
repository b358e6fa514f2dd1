//! Values that can be compared, and their order.

use std::cmp::Ordering;

use serde_json::Value;

/// A value that filters compare with and documents are sorted by.
///
/// The order is that of the variants, then within each: numbers by value whether they are integers or not, texts
/// by their bytes in UTF-8, `false` before `true`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Number(Number),
    Text(String),
    Boolean(bool),
}

/// A number as JSON has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    /// Finite.
    Float(f64),
}

impl Scalar {
    /// `None` for an object, an array, or an integer that has no room in 64 bits with a sign.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(*truth),
            Value::String(text) => Self::Text(text.clone()),
            Value::Number(number) => Self::Number(match number.as_i64() {
                Some(integer) => Number::Integer(integer),
                None if number.is_u64() => return None,
                None => Number::Float(number.as_f64()?),
            }),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Number(Number::Integer(number)) => (*number).into(),
            Self::Number(Number::Float(number)) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Boolean(truth) => (*truth).into(),
        }
    }

    /// 0 to 3, in the order of the kinds.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Boolean(_) => 3,
        }
    }

    /// The order within one kind; `None` for two kinds.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(Ordering::Equal),
            (Self::Number(left), Self::Number(right)) => Some(left.compare(*right)),
            (Self::Text(left), Self::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// The order over all kinds: what the backends' orders are held against.
    #[cfg(feature = "conformance")]
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        self.compare(other).unwrap_or_else(|| self.rank().cmp(&other.rank()))
    }
}

impl Number {
    /// By value, exactly: no rounding of large integers.
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(&right),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
            (Self::Integer(left), Self::Float(right)) => compare_mixed(left, right),
            (Self::Float(left), Self::Integer(right)) => compare_mixed(right, left).reverse(),
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // Only of what was found to be in range.
fn compare_mixed(integer: i64, float: f64) -> Ordering {
    /// 2^63, the first that has no room.
    const END: f64 = 9_223_372_036_854_775_808.0;
    if float >= END {
        return Ordering::Less;
    }
    if float < -END {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    integer.cmp(&(whole as i64)).then_with(|| 0.0.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_compare_by_value() {
        let limit = 1_i64 << 53;
        for (integer, float, order) in [
            (1, 1.0, Ordering::Equal),
            (1, 1.5, Ordering::Less),
            (-1, -1.5, Ordering::Greater),
            (limit + 1, 9_007_199_254_740_992.0, Ordering::Greater),
            (i64::MAX, 9_223_372_036_854_775_808.0, Ordering::Less),
            (i64::MIN, -9_223_372_036_854_775_808.0, Ordering::Equal),
            (0, -0.0, Ordering::Equal),
            (0, f64::MIN_POSITIVE, Ordering::Less),
        ] {
            assert_eq!(Number::Integer(integer).compare(Number::Float(float)), order, "{integer} {float}");
            assert_eq!(Number::Float(float).compare(Number::Integer(integer)), order.reverse());
        }
    }
}
