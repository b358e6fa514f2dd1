//! From JSON text to a filter.

use serde_json::{Map, Value};

use super::{Bound, Comparison, Condition, Filter, Test};
use crate::Error;
use crate::path::Path;
use crate::scalar::Scalar;

/// How large a filter's text may be.
const BYTES: usize = 64 * 1024;
/// How many comparisons a filter may have; each value of an `$in` counts.
const TESTS: usize = 200;
/// How deep `$and`, `$or`, `$nor` and `$not` may be nested.
const DEPTH: usize = 8;

const FIELD_OPERATORS: &str = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists and $not";

impl Filter {
    /// Understands a filter.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is not part of the language, and where; [`Error::TooLarge`] for a filter of more
    /// than 64 KiB, 200 values or 8 levels.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > BYTES {
            return Err(Error::TooLarge(format!("a filter of more than {BYTES} bytes")));
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| invalid(format!("the filter is not JSON: {error}")))?;
        let mut parser = Parser { tests: 0 };
        Ok(Self(parser.filter(&value, 0)?))
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::Invalid(message.into())
}

struct Parser {
    tests: usize,
}

impl Parser {
    fn filter(&mut self, value: &Value, depth: usize) -> Result<Condition, Error> {
        let Value::Object(members) = value else { return Err(invalid("a filter is an object")) };
        let conditions = members.iter().map(|(name, value)| self.member(name, value, depth));
        conditions.collect::<Result<_, _>>().map(Condition::All)
    }

    fn member(&mut self, name: &str, value: &Value, depth: usize) -> Result<Condition, Error> {
        match name {
            "$and" => self.filters(name, value, depth).map(Condition::All),
            "$or" => self.filters(name, value, depth).map(Condition::Any),
            "$nor" => self.filters(name, value, depth).map(|filters| not(Condition::Any(filters))),
            _ if name.starts_with('$') => {
                Err(invalid(format!("{name} is not a filter: there are $and, $or and $nor, and fields")))
            }
            _ => {
                let path = Path::parse(name)?;
                match value {
                    Value::Object(operators) => self.operators(&path, operators, depth),
                    value => self.equals(&path, value),
                }
            }
        }
    }

    fn filters(&mut self, name: &str, value: &Value, depth: usize) -> Result<Vec<Condition>, Error> {
        let depth = deeper(depth)?;
        match value {
            Value::Array(filters) if !filters.is_empty() => {
                filters.iter().map(|filter| self.filter(filter, depth)).collect()
            }
            _ => Err(invalid(format!("{name} wants a list of at least one filter"))),
        }
    }

    fn operators(
        &mut self,
        path: &Path,
        operators: &Map<String, Value>,
        depth: usize,
    ) -> Result<Condition, Error> {
        if operators.is_empty() {
            return Err(invalid(format!("the field {path} can't be compared with an object")));
        }
        let conditions = operators.iter().map(|(name, value)| self.operator(path, name, value, depth));
        conditions.collect::<Result<_, _>>().map(Condition::All)
    }

    fn operator(&mut self, path: &Path, name: &str, value: &Value, depth: usize) -> Result<Condition, Error> {
        match name {
            "$eq" => self.equals(path, value),
            "$ne" => self.equals(path, value).map(not),
            "$in" => self.one_of(path, name, value),
            "$nin" => self.one_of(path, name, value).map(not),
            "$gt" => self.compare(path, name, Comparison::Greater, value),
            "$gte" => self.compare(path, name, Comparison::GreaterOrEqual, value),
            "$lt" => self.compare(path, name, Comparison::Less, value),
            "$lte" => self.compare(path, name, Comparison::LessOrEqual, value),
            "$exists" => {
                self.count()?;
                let exists = Condition::Field(path.clone(), Test::Exists);
                match value {
                    Value::Bool(true) => Ok(exists),
                    Value::Bool(false) => Ok(not(exists)),
                    _ => Err(invalid(format!("{path}: $exists wants true or false"))),
                }
            }
            "$not" => match value {
                Value::Object(operators) => self.operators(path, operators, deeper(depth)?).map(not),
                _ => Err(invalid(format!("{path}: $not wants an object of operators"))),
            },
            _ if name.starts_with('$') => {
                Err(invalid(format!("{path}: {name} is not an operator: there are {FIELD_OPERATORS}")))
            }
            _ => Err(invalid(format!(
                "the field {path} can't be compared with an object; a field in it is written as \"{path}.{name}\""
            ))),
        }
    }

    fn equals(&mut self, path: &Path, value: &Value) -> Result<Condition, Error> {
        self.count()?;
        let value = scalar(value).ok_or_else(|| {
            invalid(format!(
                "{path} can be compared with null, a number, a text or a boolean, not with {value}"
            ))
        })?;
        Ok(Condition::Field(path.clone(), Test::Equals(value)))
    }

    fn one_of(&mut self, path: &Path, name: &str, value: &Value) -> Result<Condition, Error> {
        match value {
            Value::Array(values) if !values.is_empty() => values
                .iter()
                .map(|value| self.equals(path, value))
                .collect::<Result<_, _>>()
                .map(Condition::Any),
            _ => Err(invalid(format!("{path}: {name} wants a list of at least one value"))),
        }
    }

    fn compare(
        &mut self,
        path: &Path,
        name: &str,
        comparison: Comparison,
        value: &Value,
    ) -> Result<Condition, Error> {
        self.count()?;
        let bound = match scalar(value) {
            Some(Scalar::Number(number)) => Bound::Number(number),
            Some(Scalar::Text(text)) => Bound::Text(text),
            Some(Scalar::Null | Scalar::Boolean(_)) | None => {
                return Err(invalid(format!("{path}: {name} wants a number or a text, not {value}")));
            }
        };
        Ok(Condition::Field(path.clone(), Test::Compare(comparison, bound)))
    }

    fn count(&mut self) -> Result<(), Error> {
        self.tests += 1;
        if self.tests > TESTS {
            return Err(Error::TooLarge(format!("a filter of more than {TESTS} values")));
        }
        Ok(())
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn deeper(depth: usize) -> Result<usize, Error> {
    if depth >= DEPTH {
        return Err(Error::TooLarge(format!("a filter nested deeper than {DEPTH}")));
    }
    Ok(depth + 1)
}

/// No text in a document has a NUL character, and not every backend can be asked for one.
fn scalar(value: &Value) -> Option<Scalar> {
    Scalar::of(value).filter(|scalar| !matches!(scalar, Scalar::Text(text) if text.contains('\0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_language_is_refused_with_a_reason() {
        for (filter, reason) in [
            ("", "not JSON"),
            ("[]", "a filter is an object"),
            (r#"{"a": {"$regex": "x"}}"#, "a: $regex is not an operator: there are $eq"),
            (r#"{"$where": "1"}"#, "$where is not a filter"),
            (r#"{"a": {"b": 1}}"#, "written as \"a.b\""),
            (r#"{"a": {}}"#, "can't be compared with an object"),
            (r#"{"a": [1]}"#, "not with [1]"),
            (r#"{"a": {"$eq": {"b": 1}}}"#, "a can be compared with null"),
            (r#"{"a": {"$gt": null}}"#, "$gt wants a number or a text, not null"),
            (r#"{"a": {"$lt": true}}"#, "$lt wants a number or a text"),
            (r#"{"a": {"$in": []}}"#, "$in wants a list of at least one value"),
            (r#"{"a": {"$in": 1}}"#, "$in wants a list"),
            (r#"{"a": {"$exists": 1}}"#, "$exists wants true or false"),
            (r#"{"a": {"$not": 1}}"#, "$not wants an object of operators"),
            (r#"{"a": {"$eq": 1, "b": 2}}"#, "written as \"a.b\""),
            (r#"{"$and": []}"#, "$and wants a list of at least one filter"),
            (r#"{"$or": {"a": 1}}"#, "$or wants a list"),
            (r#"{"a.0": 1}"#, "\"0\" is not a name"),
            (r#"{"a": "\u0000"}"#, "a can be compared with"),
            (r#"{"a": 18446744073709551615}"#, "a can be compared with"),
        ] {
            match Filter::parse(filter) {
                Err(Error::Invalid(why)) => assert!(why.contains(reason), "{filter}: {why}"),
                other => panic!("{filter}: {other:?}"),
            }
        }
    }

    #[test]
    fn limits_hold() {
        let nested = |depth: usize| format!("{}{{}}{}", r#"{"$and":["#.repeat(depth), "]}".repeat(depth));
        assert!(Filter::parse(&nested(8)).is_ok());
        assert!(matches!(Filter::parse(&nested(9)), Err(Error::TooLarge(_))));
        let values = |count: usize| format!(r#"{{"a": {{"$in": [0{}]}}}}"#, ",1".repeat(count - 1));
        assert!(Filter::parse(&values(200)).is_ok());
        assert!(matches!(Filter::parse(&values(201)), Err(Error::TooLarge(_))));
        assert!(matches!(Filter::parse(&" ".repeat(64 * 1024 + 1)), Err(Error::TooLarge(_))));
    }
}
