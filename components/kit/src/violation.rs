//! What is wrong with a field, and collecting all of it before answering.

use std::borrow::Cow;

use serde::Serialize;

use crate::problem::Problem;

/// What is wrong with one value: a machine-readable code and a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// Such as `TOO_LONG`.
    pub code: &'static str,
    /// Tells the person what to do.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation with that code and message.
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    /// The same violation of the field at `pointer`, a JSON pointer (RFC 6901).
    pub fn at(self, pointer: impl Into<String>) -> FieldViolation {
        FieldViolation { pointer: pointer.into(), code: self.code, message: self.message, rejected: None }
    }
}

/// A violation and where it is: one member of a problem's `details`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FieldViolation {
    /// A JSON pointer into the body; or `/path/id`, `/query/limit`, `/header/if-match`.
    pub pointer: String,
    /// Such as `TOO_LONG`.
    pub code: &'static str,
    /// Tells the person what to do.
    pub message: Cow<'static, str>,
    /// What was given. Only some dialects say it again.
    #[serde(skip)]
    pub rejected: Option<String>,
}

impl FieldViolation {
    /// The same of this value.
    #[must_use]
    pub fn rejecting(self, value: impl Into<String>) -> Self {
        Self { rejected: Some(value.into()), ..self }
    }
}

/// Values that break rules, as a domain says it: without HTTP, in which it is a 422 problem.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{} values are not valid", .0.len())]
pub struct Invalid(pub Vec<FieldViolation>);

impl From<Invalid> for Problem {
    fn from(Invalid(violations): Invalid) -> Self {
        Self::invalid(violations)
    }
}

/// Collects the violations of several fields, so that all are told at once.
///
/// ```
/// use lyceum_kit::violation::{Validation, Violation};
/// let mut fields = Validation::new();
/// let name = fields.take("/name", Ok("Ada"));
/// let age = fields.take("/age", Err::<u8, _>(Violation::new("TOO_SMALL", "Must be at least 1.")));
/// assert_eq!((name, age), (Some("Ada"), None));
/// assert!(fields.finish().is_err());
/// ```
#[derive(Debug, Default)]
pub struct Validation(Vec<FieldViolation>);

impl Validation {
    /// Nothing wrong so far.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value, or `None` after its violation has been noted.
    pub fn take<T>(&mut self, pointer: &str, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.0.push(violation.at(pointer))).ok()
    }

    /// Notes a violation unless `holds`.
    pub fn check(&mut self, pointer: &str, holds: bool, code: &'static str, message: &'static str) {
        if !holds {
            self.0.push(Violation::new(code, message).at(pointer));
        }
    }

    /// Fails with what was noted, if anything was: for domain code, which knows no HTTP.
    pub fn into_result(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }

    /// Everything noted, as a 422 problem.
    pub fn problem(self) -> Problem {
        Problem::invalid(self.0)
    }

    /// Fails with a 422 problem when anything was noted.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }
}
