//! Path and query parameters that fail with problems.

use axum::extract::{FromRequestParts, path::ErrorKind, rejection::PathRejection};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{
    problem::Problem,
    violation::{FieldViolation, Violation},
    wording,
};

/// The parameters in the path. An extractor: 400 names `/path/id`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Path<T>(pub T);

/// The query's parameters, without `limit` and `cursor`, which are left to
/// [`crate::page::Page`]. An extractor: 400 names `/query/status`.
///
/// Put `#[serde(deny_unknown_fields)]` on `T`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(path_problem(&rejection, parts).await),
        }
    }
}

async fn path_problem(rejection: &PathRejection, parts: &mut Parts) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::internal();
    };
    let (name, message, value) = match failed.kind() {
        ErrorKind::ParseErrorAtKey { key, value, expected_type } => {
            (key.clone(), wording::must_be(&wording::expected(expected_type)), Some(value.clone()))
        }
        ErrorKind::ParseError { value, expected_type } => {
            (only_name(parts).await, wording::must_be(&wording::expected(expected_type)), Some(value.clone()))
        }
        ErrorKind::DeserializeError { key, value, message } => {
            (key.clone(), wording::plain(message), Some(value.clone()))
        }
        ErrorKind::InvalidUtf8InPathParam { key } => (key.clone(), "Must be UTF-8.".into(), None),
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            return Problem::internal();
        }
        other => (only_name(parts).await, other.to_string(), None),
    };
    let violation = Violation::new("MALFORMED", message).at(format!("/path/{name}"));
    Problem::malformed(FieldViolation { rejected: value, ..violation })
}

/// A parameter that is extracted on its own is not named in the error.
async fn only_name(parts: &mut Parts) -> String {
    let raw = axum::extract::RawPathParams::from_request_parts(parts, &()).await;
    let names: Vec<String> =
        raw.map(|raw| raw.iter().map(|(name, _)| name.to_owned()).collect()).unwrap_or_default();
    names.join(",")
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self).map_err(Problem::malformed)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, FieldViolation> {
    let of_the_page = |pair: &&str| !matches!(pair.split('=').next(), Some("limit" | "cursor"));
    let own: Vec<&str> = query.split('&').filter(of_the_page).collect();
    let own = own.join("&");
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(own.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let message = error.inner().to_string();
        let named = message
            .strip_prefix("unknown field `")
            .or_else(|| message.strip_prefix("missing field `"))
            .or_else(|| message.strip_prefix("duplicate field `"))
            .and_then(|rest| rest.split('`').next())
            .map_or_else(|| error.path().to_string(), ToOwned::to_owned);
        let mut pairs = form_urlencoded::parse(own.as_bytes());
        let rejected = pairs.find(|(name, _)| *name == named).map(|(_, value)| value.into_owned());
        let violation = Violation::new("MALFORMED", wording::plain(&message)).at(format!("/query/{named}"));
        FieldViolation { rejected, ..violation }
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        status: Option<Status>,
        year: Option<u16>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Active,
    }

    #[test]
    fn the_pages_parameters_are_left_to_it() {
        let filter = parse::<Filter>("status=active&limit=5&cursor=abc&year=1999").unwrap();
        assert_eq!(filter, Filter { status: Some(Status::Active), year: Some(1999) });
        assert_eq!(parse::<Filter>("").unwrap(), Filter { status: None, year: None });
    }

    #[test]
    fn a_mistake_names_its_parameter_and_what_it_was() {
        for (query, pointer, value) in [
            ("status=lost", "/query/status", "lost"),
            ("limit=5&year=a%20b", "/query/year", "a b"),
            ("role=admin", "/query/role", "admin"),
            ("year=1&year=2", "/query/year", "1"),
        ] {
            let wrong = parse::<Filter>(query).unwrap_err();
            assert_eq!((wrong.pointer.as_str(), wrong.rejected.as_deref()), (pointer, Some(value)));
        }
    }
}
