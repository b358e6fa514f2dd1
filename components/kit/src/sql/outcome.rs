//! How a transaction ends.

use super::{Rows, SqlError};
use crate::{once::OnceError, problem::Problem};

/// How a transaction ended well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Done now: what each statement returned.
    Committed(Vec<Rows>),
    /// Done before under the same key; nothing was done now. What each statement returned then; empty if that was
    /// over 64 KiB.
    Replayed(Vec<Rows>),
}

impl Outcome {
    /// What each statement returned, now or then. Fails when that was too large to be remembered.
    pub fn rows(self) -> Result<Vec<Rows>, TransactionError> {
        match self {
            Self::Replayed(rows) if rows.is_empty() => Err(TransactionError::RowsNotKept),
            Self::Committed(rows) | Self::Replayed(rows) => Ok(rows),
        }
    }
}

/// Why a transaction was not committed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// The case that `on_unique` or `on_missing` maps to this problem.
    #[error("{}", .0.detail())]
    Mapped(Problem),
    /// Any other.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// An event can't be written as JSON.
    #[error("an event can't be written as JSON: {0}")]
    Event(String),
    /// It is not the only one under its key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// The route doesn't say how its answer is made of rows.
    #[error("the route has no `respond_with` that makes its answer of rows")]
    NoAnswerFromRows,
    /// The route says that a collection of documents remembers its answers.
    #[error("the route's answers are remembered in collection {0:?}, and not in the database")]
    RememberedElsewhere(&'static str),
    /// It was committed before, but what its statements returned was over 64 KiB.
    #[error("what the statements returned the first time was too large to be remembered")]
    RowsNotKept,
    /// Somebody else took the number.
    #[error("the number was taken by somebody else")]
    NumberTaken,
}

impl From<TransactionError> for Problem {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Mapped(problem) => problem,
            TransactionError::Sql(error) => error.into(),
            TransactionError::NumberTaken => SqlError::Conflict.into(),
            error => {
                crate::log::error(error.to_string());
                Self::internal()
            }
        }
    }
}
