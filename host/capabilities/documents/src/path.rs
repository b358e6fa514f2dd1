//! Dotted paths to a field, such as `author.name`.

use std::fmt;

use serde_json::{Map, Value};

use crate::Error;

const PARTS: usize = 8;
const PART_BYTES: usize = 64;

/// A path that every backend understands alike: one to eight names joined by dots. A name has letters, digits,
/// `_` and `-`, and begins with a letter or `_`; so it is never an index into an array, and never needs quoting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<String>);

/// What stands at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// The field.
    Value(&'a Value),
    /// There is none; also where the path would have to go through an array.
    Missing,
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        if parts.len() > PARTS {
            return Err(Error::Invalid(format!("the field {text:?} has more than {PARTS} parts")));
        }
        if let Some(part) = parts.iter().find(|part| !is_name(part)) {
            return Err(Error::Invalid(format!(
                "in the field {text:?}, {part:?} is not a name of letters, digits, - and _ that begins with a letter or _"
            )));
        }
        Ok(Self(parts))
    }

    /// Follows the path through objects. It does not enter arrays.
    pub(crate) fn resolve<'a>(&self, body: &'a Map<String, Value>) -> Place<'a> {
        let mut object = Some(body);
        let mut found = None;
        for part in &self.0 {
            found = object.and_then(|object| object.get(part));
            object = found.and_then(Value::as_object);
        }
        found.map_or(Place::Missing, Place::Value)
    }

    /// The paths to what contains the field: `a` and `a.b` for `a.b.c`.
    pub(crate) fn parents(&self) -> impl Iterator<Item = Self> {
        (1..self.0.len()).map(|count| Self(self.0.iter().take(count).cloned().collect()))
    }

    /// In the way of SQLite's JSON functions. Safe inside a text in single quotes.
    pub(crate) fn for_sqlite(&self) -> String {
        let mut text = String::from("$");
        for part in &self.0 {
            text.push_str(".\"");
            text.push_str(part);
            text.push('"');
        }
        text
    }

    /// In the way of MongoDB.
    pub(crate) fn for_mongodb(&self) -> String {
        format!("body.{self}")
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("."))
    }
}

fn is_name(part: &str) -> bool {
    let begins = part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins
        && part.len() <= PART_BYTES
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_through_objects_only() {
        let body = serde_json::json!({"a": {"b": 1, "c": null}, "list": [{"b": 2}]});
        let body = body.as_object().unwrap();
        let found = |path: &str| match Path::parse(path).unwrap().resolve(body) {
            Place::Value(value) => Some(value.clone()),
            Place::Missing => None,
        };
        assert_eq!(found("a.b"), Some(1.into()));
        assert_eq!(found("a.c"), Some(Value::Null));
        assert_eq!([found("a.d"), found("x"), found("list.b"), found("a.b.c")], [None, None, None, None]);
    }

    #[test]
    fn what_backends_could_take_in_different_ways_is_refused() {
        for path in
            ["", ".", "a.", "a..b", "a.0", "0", "$a", "a.$b", "a b", "a'b", "a\"b", "é", "a.b.c.d.e.f.g.h.i"]
        {
            assert!(Path::parse(path).is_err(), "{path}");
        }
        assert!(Path::parse(&"a".repeat(65)).is_err());
        assert!(Path::parse("_a.b-1.C").is_ok());
    }
}
