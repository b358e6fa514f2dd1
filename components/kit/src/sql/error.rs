//! What can go wrong in the database.

use std::time::Duration;

use super::RowError;
use crate::{host::sql, log, problem::Problem};

/// Why a query or transaction failed. Nothing was committed, except perhaps
/// after [`SqlError::OutcomeUnknown`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A unique constraint, as `table.column[,column]`.
    #[error("not unique: {0}")]
    Unique(String),
    /// A foreign key.
    #[error("foreign key violated: {0}")]
    ForeignKey(String),
    /// A check constraint.
    #[error("check violated: {0}")]
    Check(String),
    /// A column that must not be null.
    #[error("null in {0}")]
    NotNull(String),
    /// The statement with this index changed or returned another number of rows.
    #[error("statement {0} missed its expected rows")]
    Expectation(u32),
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used before with another request")]
    KeyReused,
    /// In conflict with other transactions until the deadline.
    #[error("in conflict with other transactions")]
    Conflict,
    /// The statement is wrong.
    #[error("invalid statement: {0}")]
    Invalid(String),
    /// Over a limit.
    #[error("too large: {0}")]
    TooLarge(String),
    /// No space left.
    #[error("the database's storage is full")]
    StorageFull,
    /// Past the deadline.
    #[error("the database took too long")]
    Timeout,
    /// Can't be reached.
    #[error("the database can't be reached: {0}")]
    Unavailable(String),
    /// The connection broke during the commit.
    #[error("it is not known whether the transaction was committed")]
    OutcomeUnknown,
    /// A row is not of the form that the service expects.
    #[error(transparent)]
    Row(#[from] RowError),
}

impl SqlError {
    /// Whether the same may succeed later, without anybody changing anything about it.
    pub(crate) fn may_pass(&self) -> bool {
        use SqlError::{Conflict, OutcomeUnknown, StorageFull, Timeout, Unavailable};
        matches!(self, Conflict | StorageFull | Timeout | Unavailable(_) | OutcomeUnknown)
    }
}

impl From<sql::Error> for SqlError {
    fn from(error: sql::Error) -> Self {
        match error {
            sql::Error::Unique(columns) => Self::Unique(columns),
            sql::Error::ForeignKey(name) => Self::ForeignKey(name),
            sql::Error::Check(name) => Self::Check(name),
            sql::Error::NotNull(column) => Self::NotNull(column),
            sql::Error::Expectation(index) => Self::Expectation(index),
            sql::Error::KeyReused => Self::KeyReused,
            sql::Error::Conflict => Self::Conflict,
            sql::Error::Invalid(reason) => Self::Invalid(reason),
            sql::Error::TooLarge(what) => Self::TooLarge(what),
            sql::Error::StorageFull => Self::StorageFull,
            sql::Error::Timeout => Self::Timeout,
            sql::Error::Unavailable(reason) => Self::Unavailable(reason),
            sql::Error::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

/// What a service doesn't map itself: 409 or 422 where the request is at
/// fault, 503 where it may be repeated, and 500 where the service is wrong.
impl From<SqlError> for Problem {
    fn from(error: SqlError) -> Self {
        let retry_after = match &error {
            SqlError::Unique(_) => return Self::conflict("ALREADY_EXISTS", "It exists already."),
            SqlError::ForeignKey(_) => {
                return Self::conflict("REFERENCE_VIOLATED", "Something it refers to is missing or in use.");
            }
            SqlError::Expectation(_) => return Self::changed_meanwhile(),
            SqlError::KeyReused => {
                let detail = "This Idempotency-Key was used before with another request.";
                return Self::unprocessable("IDEMPOTENCY_KEY_REUSED", detail);
            }
            SqlError::Conflict => Duration::from_secs(1),
            SqlError::Timeout | SqlError::Unavailable(_) | SqlError::OutcomeUnknown => Duration::from_secs(2),
            SqlError::StorageFull => Duration::from_mins(1),
            SqlError::Check(_)
            | SqlError::NotNull(_)
            | SqlError::Invalid(_)
            | SqlError::TooLarge(_)
            | SqlError::Row(_) => {
                log::error(error.to_string());
                return Self::internal();
            }
        };
        log::warn(error.to_string());
        Self::unavailable(retry_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_repeated_is_unavailable() {
        let status = |error: SqlError| Problem::from(error).status().as_u16();
        assert_eq!(status(SqlError::Conflict), 503);
        assert_eq!(status(SqlError::Timeout), 503);
        assert_eq!(status(SqlError::OutcomeUnknown), 503);
        assert_eq!(status(SqlError::KeyReused), 422);
        assert_eq!(status(SqlError::Unique("a.b".into())), 409);
        assert_eq!(status(SqlError::Invalid("SELECT".into())), 500);
    }

    #[test]
    fn an_internal_problem_tells_nothing_of_the_statement() {
        let problem = Problem::from(SqlError::Invalid("no such column: password".into()));
        assert!(!problem.detail().contains("password"));
    }
}
