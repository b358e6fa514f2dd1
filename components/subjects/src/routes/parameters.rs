//! Parameters of a query as this contract's clients give them: unknown ones are ignored, and of one that is given twice the
//! last counts.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lyceum_kit::prelude::*;

/// The query. An extractor that never refuses; its methods do: 422 in this contract's dialect.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }
}

impl Parameters {
    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// What a text stands for; `message` says what it should be.
    pub(crate) fn read<T: FromStr>(&self, name: &str, message: &'static str) -> Result<Option<T>, Problem> {
        self.as_one(name, message, |text| text.parse().ok())
    }

    /// The same, read by this function.
    pub(crate) fn as_one<T>(
        &self,
        name: &str,
        message: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let wrong = || {
            let violation = Violation::new("WRONG_TYPE", message).at(format!("/query/{name}"));
            Problem::malformed(FieldViolation { rejected: Some(text.to_owned()), ..violation })
        };
        read(text).map(Some).ok_or_else(wrong)
    }
}
