//! JSON bodies: every mistake names the place where it is, and an array is never an object.

mod objects;

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};

use self::objects::Objects;
use crate::{
    body::collect,
    problem::Problem,
    violation::{FieldViolation, Violation},
    wording,
};

/// A JSON body. An extractor: 415 when it isn't said to be JSON, 413 when it is
/// too large, 400 when it isn't JSON, 422 with a JSON pointer when it isn't a `T`.
///
/// Put `#[serde(deny_unknown_fields)]` on `T`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        parse(&collect(request.into_body()).await?).map(Self)
    }
}

/// `application/json` or any type that ends with `+json` (RFC 6839).
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    has_type(headers, |essence| {
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
}

/// Whether the body's type, without its parameters and in lower case, is one of these.
pub(crate) fn has_type(headers: &HeaderMap, is: impl FnOnce(&str) -> bool) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    is(&essence)
}

/// The body as a `T`.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if holds_nul(body) {
        let violation = Violation::new("CONTROL_CHARACTER", "No text may contain the character NUL.");
        return Err(Problem::invalid(vec![violation.at(where_nul_is(body))]));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
        let violation = violation(error.path(), error.inner());
        if error.inner().is_data() {
            Problem::invalid(vec![violation])
        } else if is_complete(body) {
            // So serde_json calls a number, say, where the name of one of several values is due.
            let wrong = Violation::new("WRONG_TYPE", "The value is of another type.");
            Problem::invalid(vec![wrong.at(violation.pointer)])
        } else {
            malformed(violation)
        }
    })?;
    deserializer.end().map_err(|error| malformed(Violation::new("MALFORMED", error.to_string()).at("")))?;
    Ok(value)
}

/// Whether the body is JSON from its beginning to its end, whatever it says.
fn is_complete(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok()
}

/// JSON that is no body of a request, such as another service's answer: as `serde_json::from_slice`, but an array is
/// never an object.
pub fn from_slice<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(Objects(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// The value as a `T`, by the rules of [`ValidJson`]: a 422 that names the place where it is none.
///
/// # Errors
/// What is wrong, with pointers from the value on.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Objects(value))
        .map_err(|error| Problem::invalid(vec![violation(error.path(), error.inner())]))
}

/// For `#[serde(deserialize_with = "lyceum_kit::json::object")]`: a struct that no array is taken for. A body's structs
/// are read so anyway, but for those in a struct that is flattened into another, and in enums that are tagged inside of
/// the object or not at all.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(Objects(deserializer))
}

/// Whether a text in it holds NUL, which no database keeps. JSON can hold it
/// only escaped; a backslash before the escape makes it something else.
pub(crate) fn holds_nul(json: &[u8]) -> bool {
    const ESCAPED: &[u8] = b"\\u0000";
    json.windows(ESCAPED.len()).enumerate().filter(|(_, window)| *window == ESCAPED).any(|(at, _)| {
        let before = json.iter().take(at).rev().take_while(|byte| **byte == b'\\').count();
        before % 2 == 0
    })
}

/// The pointer (RFC 6901) of the first text with NUL in it; the whole body if it is no JSON.
fn where_nul_is(json: &[u8]) -> String {
    fn search(value: &serde_json::Value, pointer: &mut String) -> bool {
        use serde_json::Value;
        let length = pointer.len();
        let mut inside = |name: &str, value: &Value| {
            pointer.push('/');
            pointer.push_str(&escape(name));
            let found = name.contains('\0') || search(value, pointer);
            if !found {
                pointer.truncate(length);
            }
            found
        };
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => {
                items.iter().enumerate().any(|(index, item)| inside(&index.to_string(), item))
            }
            Value::Object(members) => members.iter().any(|(name, member)| inside(name, member)),
            _ => false,
        }
    }
    let mut pointer = String::new();
    if let Ok(value) = serde_json::from_slice(json) {
        search(&value, &mut pointer);
    }
    pointer
}

fn malformed(violation: FieldViolation) -> Problem {
    Problem::bad_request("MALFORMED_JSON", format!("The body is not JSON: {}", violation.message))
        .with_violation(violation)
}

/// What is wrong, and where.
pub(crate) fn violation(path: &Path, error: &serde_json::Error) -> FieldViolation {
    let text = error.to_string();
    let syntax = !error.is_data();
    // The position helps only where there is no field to name.
    let message = if syntax { text.as_str() } else { text.split(" at line ").next().unwrap_or(&text) };
    let mut pointer = pointer(path);
    let mut code = if syntax { "MALFORMED" } else { "WRONG_TYPE" };
    for (start, named) in [
        ("missing field `", "REQUIRED"),
        ("unknown field `", "UNKNOWN_FIELD"),
        ("duplicate field `", "DUPLICATE_FIELD"),
    ] {
        if let Some(name) = message.strip_prefix(start).and_then(|rest| rest.split('`').next()) {
            code = named;
            let segment = format!("/{}", escape(name));
            if !pointer.ends_with(&segment) {
                pointer.push_str(&segment);
            }
        }
    }
    Violation::new(code, wording::plain(message)).at(pointer)
}

/// RFC 6901
fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escape(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Person {
        name: String,
        #[serde(default)]
        links: Vec<Link>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Link {
        url: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Active,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Account {
        #[allow(dead_code, reason = "only whether it is taken matters")]
        status: Status,
    }

    #[test]
    fn another_type_where_a_name_is_due_is_a_wrong_type_and_not_broken_json() {
        assert!(matches!(parse::<Account>(br#"{"status":"active"}"#).unwrap().status, Status::Active));
        for wrong in ["null", "5", "[\"active\"]", "true", "1.5"] {
            let problem = parse::<Account>(format!(r#"{{"status":{wrong}}}"#).as_bytes()).unwrap_err();
            let violation = problem.violations().first().unwrap();
            assert_eq!((problem.status().as_u16(), violation.code), (422, "WRONG_TYPE"), "{wrong}");
            assert_eq!(violation.pointer, "/status", "{wrong}");
            let broken = parse::<Account>(format!(r#"{{"status":{wrong}"#).as_bytes()).unwrap_err();
            assert_eq!(broken.status().as_u16(), 400, "{wrong}");
        }
    }

    fn fault(body: &[u8]) -> (u16, &'static str, String) {
        let problem = parse::<Person>(body).unwrap_err();
        let violation = problem.violations().first().unwrap();
        (problem.status().as_u16(), violation.code, violation.pointer.clone())
    }

    #[test]
    fn a_mistake_names_its_field() {
        assert_eq!(fault(br#"{"name":1}"#), (422, "WRONG_TYPE", "/name".into()));
        assert_eq!(fault(br#"{"links":[]}"#), (422, "REQUIRED", "/name".into()));
        assert_eq!(fault(br#"{"name":"a","role":"admin"}"#), (422, "UNKNOWN_FIELD", "/role".into()));
        assert_eq!(fault(br#"{"name":"a","name":"b"}"#), (422, "DUPLICATE_FIELD", "/name".into()));
        let nested = br#"{"name":"a","links":[{"url":"b"},{"url":null}]}"#;
        assert_eq!(fault(nested), (422, "WRONG_TYPE", "/links/1/url".into()));
        assert_eq!(
            fault(br#"{"name":"a","links":[{"href":""}]}"#),
            (422, "UNKNOWN_FIELD", "/links/0/href".into())
        );
        assert_eq!(fault(b"[]"), (422, "WRONG_TYPE", String::new()));
        assert_eq!(parse::<Person>(b"[]").unwrap_err().detail(), "The body: Must be an object.");
    }

    #[test]
    fn what_is_not_json_is_400() {
        let deep = format!("{{\"name\":{}", "[".repeat(100_000));
        let cases: [&[u8]; 5] =
            [b"", b"{\"name\":", b"{\"name\":\"a\"} x", b"{\"name\":\"\xff\"}", b"{'name':1}"];
        for body in cases {
            assert_eq!(fault(body).0, 400, "{}", String::from_utf8_lossy(body));
        }
        assert!(matches!(fault(deep.as_bytes()).0, 400 | 422));
        assert!(parse::<serde_json::Value>("[".repeat(100_000).as_bytes()).unwrap_err().status() == 400);
    }

    #[test]
    fn nul_is_refused_and_nothing_that_looks_like_it() {
        assert_eq!(fault(br#"{"name":"a\u0000"}"#), (422, "CONTROL_CHARACTER", "/name".into()));
        assert!(parse::<Person>(br#"{"name":"a\\u0000"}"#).is_ok());
        assert_eq!(fault(br#"{"name":"a\\\u0000"}"#).0, 422);
    }

    #[test]
    fn only_json_content_types_are_json() {
        let is = |value: &'static str| {
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]))
        };
        assert!(is("application/json") && is("Application/JSON; charset=utf-8"));
        assert!(is("application/merge-patch+json"));
        assert!(!is("text/plain") && !is("application/jsonp") && !is("text/x+json"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
