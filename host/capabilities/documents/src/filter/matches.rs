//! What a filter means, in memory: what every backend's translation is held against.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{Bound, Comparison, Condition, Filter, Test};
use crate::path::Place;
use crate::scalar::Scalar;

impl Filter {
    /// Whether it holds for a document with this body.
    pub fn matches(&self, body: &Map<String, Value>) -> bool {
        holds(&self.0, body)
    }
}

fn holds(condition: &Condition, body: &Map<String, Value>) -> bool {
    match condition {
        Condition::All(conditions) => conditions.iter().all(|condition| holds(condition, body)),
        Condition::Any(conditions) => conditions.iter().any(|condition| holds(condition, body)),
        Condition::Not(condition) => !holds(condition, body),
        Condition::Field(path, test) => match path.resolve(body) {
            Place::Missing => matches!(test, Test::Equals(Scalar::Null)),
            Place::Value(value) => passes(test, value),
        },
    }
}

fn passes(test: &Test, value: &Value) -> bool {
    match test {
        Test::Exists => true,
        Test::Equals(wanted) => any(value, |found| found.compare(wanted).is_some_and(Ordering::is_eq)),
        Test::Compare(comparison, bound) => {
            let bound = bound.to_scalar();
            any(value, |found| found.compare(&bound).is_some_and(|order| comparison.accepts(order)))
        }
    }
}

/// Whether the value, or one of its elements, is as wanted.
fn any(value: &Value, wanted: impl Fn(&Scalar) -> bool) -> bool {
    let is_wanted = |value: &Value| Scalar::of(value).is_some_and(|scalar| wanted(&scalar));
    match value {
        Value::Array(values) => values.iter().any(is_wanted),
        value => is_wanted(value),
    }
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

impl Bound {
    pub(crate) fn to_scalar(&self) -> Scalar {
        match self {
            Self::Number(number) => Scalar::Number(*number),
            Self::Text(text) => Scalar::Text(text.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_means_what_its_documentation_says() {
        let body = serde_json::json!({
            "n": 5, "f": 5.0, "t": "m", "b": true, "null": null, "o": {"x": 1},
            "list": [1, "a", [7], {"x": 2}, null], "empty": [],
        });
        for (filter, holds) in [
            ("{}", true),
            (r#"{"n": 5}"#, true),
            (r#"{"n": 5.0, "f": 5}"#, true),
            (r#"{"n": "5"}"#, false),
            (r#"{"b": 1}"#, false),
            (r#"{"b": true}"#, true),
            (r#"{"n": {"$gt": 4, "$lte": 5}}"#, true),
            (r#"{"n": {"$gt": "a"}}"#, false),
            (r#"{"t": {"$gt": "M"}}"#, true),
            (r#"{"t": {"$lt": 9}}"#, false),
            (r#"{"null": null, "missing": null}"#, true),
            (r#"{"null": {"$exists": true}, "missing": {"$exists": false}}"#, true),
            (r#"{"missing": {"$ne": 1}}"#, true),
            (r#"{"n": {"$nin": [1, 2]}}"#, true),
            (r#"{"n": {"$in": [1, 5]}}"#, true),
            (r#"{"o.x": 1}"#, true),
            (r#"{"o": {"$exists": true}}"#, true),
            (r#"{"o": null}"#, false),
            (r#"{"list": "a"}"#, true),
            (r#"{"list": null}"#, true),
            (r#"{"list": 7}"#, false),
            (r#"{"list": {"$ne": 1}}"#, false),
            (r#"{"list": {"$gt": 0, "$lt": 1}}"#, false),
            (r#"{"list.x": 2}"#, false),
            (r#"{"list.x": null}"#, true),
            (r#"{"list.x": {"$exists": true}}"#, false),
            (r#"{"empty": null}"#, false),
            (r#"{"empty": {"$exists": true}}"#, true),
            (r#"{"n": {"$not": {"$gt": 4, "$lt": 5}}}"#, true),
            (r#"{"$or": [{"n": 1}, {"t": "m"}]}"#, true),
            (r#"{"$nor": [{"n": 1}, {"t": "m"}]}"#, false),
            (r#"{"$and": [{"n": 5}, {"$or": [{"t": "x"}, {"b": true}]}]}"#, true),
        ] {
            let parsed = Filter::parse(filter).unwrap();
            assert_eq!(parsed.matches(body.as_object().unwrap()), holds, "{filter}");
        }
    }
}
