//! Bodies of documents: JSON objects that every backend keeps alike.

use serde_json::{Map, Number, Value};

use crate::Error;

/// How large a body may be as JSON text.
pub(crate) const BYTES: usize = 1024 * 1024;
/// How many objects and arrays may stand in each other, the body included.
const DEPTH: usize = 64;

/// A JSON object without anything that a backend could not keep.
///
/// - Members are sorted by name, and a name is not empty, does not begin with `$` and has no `.` in it.
/// - Integers have 64 bits with a sign; other numbers are doubles, of which -0 is kept as 0.
/// - No text has a NUL character. Nesting ends at 64, and the text at 1 MiB.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        Self::check(parse(text)?)
    }

    /// Takes what a backend gave back.
    pub(crate) fn trusted(map: Map<String, Value>) -> Self {
        Self(map)
    }

    fn check(mut map: Map<String, Value>) -> Result<Self, Error> {
        check_members(&mut map, 1)?;
        let body = Self(map);
        if body.to_string().len() > BYTES {
            return Err(Error::TooLarge(format!("a document of more than {BYTES} bytes")));
        }
        Ok(body)
    }

    /// The body with a patch merged in by RFC 7396.
    pub(crate) fn patched(&self, patch: &Patch) -> Result<Self, Error> {
        let mut target = self.0.clone();
        merge(&mut target, &patch.0);
        Self::check(target)
    }

    pub(crate) fn map(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl std::fmt::Display for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&serde_json::to_string(&self.0).map_err(|_| std::fmt::Error)?)
    }
}

/// A merge patch: a JSON object, so that what it makes of an object is one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Patch(Map<String, Value>);

impl Patch {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let mut map = parse(text)?;
        check_members(&mut map, 1)?;
        Ok(Self(map))
    }
}

fn parse(text: &str) -> Result<Map<String, Value>, Error> {
    if text.len() > 2 * BYTES {
        return Err(Error::TooLarge(format!("a document of more than {BYTES} bytes")));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Error::Invalid("the body is JSON, but not an object".into())),
        Err(error) => Err(Error::Invalid(format!("the body is not JSON: {error}"))),
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(patch) => {
                let place = target.entry(name.clone()).or_insert(Value::Null);
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                if let Value::Object(inner) = place {
                    merge(inner, patch);
                }
            }
            other => {
                target.insert(name.clone(), other.clone());
            }
        }
    }
}

fn check_members(map: &mut Map<String, Value>, depth: usize) -> Result<(), Error> {
    if depth > DEPTH {
        return Err(Error::Invalid(format!("a document nested deeper than {DEPTH}")));
    }
    for (name, value) in map {
        if name.is_empty() || name.starts_with('$') || name.contains(['.', '\0']) {
            return Err(Error::Invalid(format!(
                "{name:?} can't be a member's name: it is empty, begins with $ or has a dot or NUL in it"
            )));
        }
        check_value(value, depth)?;
    }
    Ok(())
}

fn check_value(value: &mut Value, depth: usize) -> Result<(), Error> {
    match value {
        Value::Number(number) => {
            if number.is_u64() && !number.is_i64() {
                return Err(Error::Invalid(format!("{number} has no room in 64 bits with a sign")));
            }
            if number.as_f64() == Some(0.0) && number.is_f64() {
                *number = Number::from_f64(0.0).unwrap_or_else(|| number.clone());
            }
        }
        Value::String(text) if text.contains('\0') => {
            return Err(Error::Invalid("a text with a NUL character".into()));
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
        Value::Array(values) => {
            if depth == DEPTH {
                return Err(Error::Invalid(format!("a document nested deeper than {DEPTH}")));
            }
            for value in values {
                check_value(value, depth + 1)?;
            }
        }
        Value::Object(map) => check_members(map, depth + 1)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        Body::parse(text).unwrap()
    }

    #[test]
    fn members_are_sorted_and_numbers_kept() {
        let text = r#"{ "b": 1.0, "a": [9007199254740993, -0.0, 1e2], "a": [9007199254740993, -0.0, 1e2] }"#;
        assert_eq!(body(text).to_string(), r#"{"a":[9007199254740993,0.0,100.0],"b":1.0}"#);
    }

    #[test]
    fn what_a_backend_could_not_keep_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
        for text in [
            "",
            "[]",
            "null",
            "{",
            r#"{"": 1}"#,
            r#"{"$a": 1}"#,
            r#"{"x": {"a.b": 1}}"#,
            r#"{"x": [{"a\u0000": 1}]}"#,
            r#"{"a": "\u0000"}"#,
            r#"{"a": 9223372036854775808}"#,
            r#"{"a": 1e999}"#,
            &deep,
        ] {
            assert!(matches!(Body::parse(text), Err(Error::Invalid(_))), "{text}");
        }
        let large = format!(r#"{{"a": "{}"}}"#, "x".repeat(BYTES));
        assert!(matches!(Body::parse(&large), Err(Error::TooLarge(_))));
    }

    /// The examples of RFC 7396, appendix A, that begin and end with an object.
    #[test]
    fn patches_merge_as_the_rfc_says() {
        for (original, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let patched = body(original).patched(&Patch::parse(patch).unwrap()).unwrap();
            assert_eq!(patched.to_string(), result, "{original} {patch}");
        }
    }
}
