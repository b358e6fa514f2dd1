//! Filters that can't be wrong but for a field's name.

use serde_json::{Value, json};

use crate::clock::Timestamp;

/// What documents are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Value);

/// A value that fields are compared with: null, a number, a text or a boolean.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar(Value);

/// What can be compared with.
pub trait IntoScalar {
    /// The value as JSON has it.
    fn into_scalar(self) -> Scalar;
}

macro_rules! scalars {
    ($($type:ty),+) => {$(
        impl IntoScalar for $type {
            fn into_scalar(self) -> Scalar {
                Scalar(self.into())
            }
        }
    )+};
}
scalars!(&str, String, bool, i64, i32, u32);

impl IntoScalar for f64 {
    /// What is not a number is null, as in JSON.
    fn into_scalar(self) -> Scalar {
        Scalar(self.into())
    }
}

impl IntoScalar for Timestamp {
    fn into_scalar(self) -> Scalar {
        Scalar(serde_json::to_value(self).unwrap_or_default())
    }
}

impl<T: IntoScalar> IntoScalar for Option<T> {
    fn into_scalar(self) -> Scalar {
        self.map_or(Scalar(Value::Null), T::into_scalar)
    }
}

/// A number or a text: what has a larger and a smaller.
pub trait IntoBound: IntoScalar {}
impl IntoBound for &str {}
impl IntoBound for String {}
impl IntoBound for i64 {}
impl IntoBound for i32 {}
impl IntoBound for u32 {}
impl IntoBound for f64 {}
impl IntoBound for Timestamp {}

/// One field of the documents, by its dotted path.
#[derive(Clone, Copy, Debug)]
pub struct Field(&'static str);

/// The field at this path, such as `author.name`.
pub const fn field(path: &'static str) -> Field {
    Field(path)
}

impl Field {
    fn test(self, operator: &str, value: impl IntoScalar) -> Filter {
        self.ask(&json!({ operator: value.into_scalar().0 }))
    }

    fn ask(self, test: &Value) -> Filter {
        Filter(json!({ self.0: test }))
    }

    /// It, or one of its elements, equals the value. A field that is not there equals null.
    #[must_use]
    pub fn equals(self, value: impl IntoScalar) -> Filter {
        self.test("$eq", value)
    }

    /// `equals` doesn't hold.
    #[must_use]
    pub fn differs_from(self, value: impl IntoScalar) -> Filter {
        self.test("$ne", value)
    }

    /// It, or one of its elements, is larger.
    #[must_use]
    pub fn is_greater_than(self, bound: impl IntoBound) -> Filter {
        self.test("$gt", bound)
    }

    /// It, or one of its elements, is larger or equal.
    #[must_use]
    pub fn is_at_least(self, bound: impl IntoBound) -> Filter {
        self.test("$gte", bound)
    }

    /// It, or one of its elements, is smaller.
    #[must_use]
    pub fn is_less_than(self, bound: impl IntoBound) -> Filter {
        self.test("$lt", bound)
    }

    /// It, or one of its elements, is smaller or equal.
    #[must_use]
    pub fn is_at_most(self, bound: impl IntoBound) -> Filter {
        self.test("$lte", bound)
    }

    /// `equals` holds for one of these values; never without any.
    #[must_use]
    pub fn is_one_of<V: IntoScalar>(self, values: impl IntoIterator<Item = V>) -> Filter {
        let values: Vec<Value> = values.into_iter().map(|value| value.into_scalar().0).collect();
        if values.is_empty() {
            return none([everything()]);
        }
        self.ask(&json!({ "$in": values }))
    }

    /// It is there, be it null.
    #[must_use]
    pub fn exists(self) -> Filter {
        self.ask(&json!({ "$exists": true }))
    }
}

/// Holds for every document.
#[must_use]
pub fn everything() -> Filter {
    Filter(json!({}))
}

/// All of these hold.
#[must_use]
pub fn all(filters: impl IntoIterator<Item = Filter>) -> Filter {
    joined("$and", filters).unwrap_or_else(everything)
}

/// At least one of these holds.
#[must_use]
pub fn any(filters: impl IntoIterator<Item = Filter>) -> Filter {
    joined("$or", filters).unwrap_or_else(|| none([everything()]))
}

/// None of these holds.
#[must_use]
pub fn none(filters: impl IntoIterator<Item = Filter>) -> Filter {
    joined("$nor", filters).unwrap_or_else(everything)
}

fn joined(operator: &str, filters: impl IntoIterator<Item = Filter>) -> Option<Filter> {
    let filters: Vec<Value> = filters.into_iter().map(|filter| filter.0).collect();
    (!filters.is_empty()).then(|| Filter(json!({ operator: filters })))
}

impl Filter {
    /// The paths of all fields that it looks at.
    pub(super) fn fields(&self) -> Vec<&str> {
        fn collect<'a>(filter: &'a Value, fields: &mut Vec<&'a str>) {
            for (name, part) in filter.as_object().into_iter().flatten() {
                match part.as_array() {
                    Some(parts) if name.starts_with('$') => {
                        for part in parts {
                            collect(part, fields);
                        }
                    }
                    _ => fields.push(name),
                }
            }
        }
        let mut fields = Vec::new();
        collect(&self.0, &mut fields);
        fields
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_written_as_the_host_reads_them() {
        let wanted = all([
            field("author.name").equals("Ada"),
            any([field("pages").is_at_least(10), field("tags").is_one_of(["a", "b"])]),
            none([field("hidden").equals(true), field("gone").exists()]),
        ]);
        assert_eq!(
            wanted.to_string(),
            r#"{"$and":[{"author.name":{"$eq":"Ada"}},{"$or":[{"pages":{"$gte":10}},{"tags":{"$in":["a","b"]}}]},{"$nor":[{"hidden":{"$eq":true}},{"gone":{"$exists":true}}]}]}"#
        );
        assert_eq!(wanted.fields(), ["author.name", "pages", "tags", "hidden", "gone"]);
        assert!(everything().fields().is_empty());
        assert_eq!(field("x").equals(None::<i64>).to_string(), r#"{"x":{"$eq":null}}"#);
        assert_eq!(all([]).to_string(), "{}");
        assert_eq!(any([]).to_string(), r#"{"$nor":[{}]}"#);
        assert_eq!(field("x").is_one_of(Vec::<i64>::new()), any([]));
    }
}
