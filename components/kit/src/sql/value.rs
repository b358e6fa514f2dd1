//! Between Rust's types and SQL values.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub use crate::host::types::Value;

use crate::{clock::Timestamp, role::Role};

/// Can be a parameter of a statement.
pub trait IntoValue {
    /// As a value.
    fn into_value(self) -> Value;
}

/// Can be read from a row.
pub trait FromValue: Sized {
    /// From a value; `None` when it is of another type.
    fn from_value(value: Value) -> Option<Self>;
}

/// A value kept as JSON in a `TEXT` column; within other JSON it is that value.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AsJson<T>(pub T);

macro_rules! integers {
    ($($integer:ty),*) => {
        $(
            impl IntoValue for $integer {
                fn into_value(self) -> Value {
                    Value::Integer(self.into())
                }
            }
            impl FromValue for $integer {
                fn from_value(value: Value) -> Option<Self> {
                    match value {
                        Value::Integer(integer) => integer.try_into().ok(),
                        _ => None,
                    }
                }
            }
        )*
    };
}
integers!(i64, i32, i16, u32, u16, u8);

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Boolean(self)
    }
}

/// SQLite keeps a truth value as an integer.
impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Boolean(boolean) => Some(boolean),
            Value::Integer(integer @ (0 | 1)) => Some(integer == 1),
            _ => None,
        }
    }
}

impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value::Float(self)
    }
}

impl FromValue for f64 {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Float(float) => Some(float),
            _ => None,
        }
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(self)
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl IntoValue for &[u8] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl IntoValue for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl IntoValue for Uuid {
    fn into_value(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl FromValue for Uuid {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

impl IntoValue for Timestamp {
    fn into_value(self) -> Value {
        Value::Integer(self.as_micros())
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self::from_micros)
    }
}

impl IntoValue for Role {
    fn into_value(self) -> Value {
        self.name().into_value()
    }
}

impl FromValue for Role {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_name(&String::from_value(value)?)
    }
}

/// A value that can't be JSON becomes `NULL`, which a `NOT NULL` column refuses.
impl<T: Serialize> IntoValue for AsJson<T> {
    fn into_value(self) -> Value {
        serde_json::to_string(&self.0).map_or(Value::Null, Value::Text)
    }
}

impl<T: DeserializeOwned> FromValue for AsJson<T> {
    fn from_value(value: Value) -> Option<Self> {
        serde_json::from_str(&String::from_value(value)?).ok().map(Self)
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, IntoValue::into_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl<T: IntoValue + Clone> IntoValue for &T {
    fn into_value(self) -> Value {
        self.clone().into_value()
    }
}

/// The parameters of a statement: `params![id, "title", 3]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::sql::IntoValue::into_value($value)),*]
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_and_times_come_from_integers() {
        assert_eq!(bool::from_value(Value::Integer(1)), Some(true));
        assert_eq!(bool::from_value(Value::Boolean(false)), Some(false));
        assert_eq!(bool::from_value(Value::Integer(2)), None);
        assert_eq!(Timestamp::from_value(Value::Integer(5)), Some(Timestamp::from_micros(5)));
    }

    #[test]
    fn null_is_none_and_only_none() {
        assert_eq!(Option::<String>::from_value(Value::Null), Some(None));
        assert_eq!(Option::<String>::from_value(Value::Integer(1)), None);
        assert_eq!(String::from_value(Value::Null), None);
    }

    #[test]
    fn an_integer_that_does_not_fit_is_refused() {
        assert_eq!(u8::from_value(Value::Integer(256)), None);
        assert_eq!(u32::from_value(Value::Integer(-1)), None);
    }

    #[test]
    fn parameters_are_values() {
        let name = String::from("Ada");
        let [first, second, third] = params![&name, 3_i64, None::<bool>].try_into().unwrap();
        assert!(matches!(first, Value::Text(text) if text == "Ada"));
        assert!(matches!(second, Value::Integer(3)));
        assert!(matches!(third, Value::Null));
    }
}
