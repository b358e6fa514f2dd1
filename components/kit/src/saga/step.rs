//! The steps of a saga.

use std::{fmt, time::Duration};

use http::StatusCode;

use super::{Next, Turn};
use crate::{
    http::CallError,
    problem::Problem,
    sql::{SqlError, TransactionError},
};

/// How long a step waits for its answer, if it doesn't say: ten minutes.
const ANSWER_WITHIN: Duration = Duration::from_mins(10);

/// Does a step, or takes it back. What it writes and publishes by the turn is committed when it returns `Ok`; what it
/// calls must be the same call when it is repeated: see [`Turn::key`].
pub type Act<D> = fn(&mut Turn<D>) -> Result<Next, StepError>;

/// A step: what is done, and what takes it back.
pub struct Step<D: 'static> {
    pub(super) name: &'static str,
    pub(super) act: Act<D>,
    pub(super) undo: Option<Act<D>>,
    pub(super) retriable: bool,
    pub(super) answer_within: Duration,
}

impl<D> fmt::Debug for Step<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Step").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<D> Step<D> {
    /// A step with a name of its own in its saga, which is never given another meaning.
    pub const fn new(name: &'static str, act: Act<D>) -> Self {
        Self { name, act, undo: None, retriable: false, answer_within: ANSWER_WITHIN }
    }

    /// What takes it back. It must bear that there is nothing to be taken back.
    #[must_use]
    pub const fn undo(self, undo: Act<D>) -> Self {
        Self { undo: Some(undo), ..self }
    }

    /// From here on there is no way back: it is tried until it succeeds.
    #[must_use]
    pub const fn retriable(self) -> Self {
        Self { retriable: true, ..self }
    }

    /// The step is done again if its answer has not come by then; ten minutes if not said.
    #[must_use]
    pub const fn answer_within(self, limit: Duration) -> Self {
        Self { answer_within: limit, ..self }
    }
}

/// Why a step was not done.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The rules forbid it: what was done before is taken back.
    #[error("{0}")]
    Refused(String),
    /// Something that it needs is down or slow.
    #[error("{0}")]
    Unavailable(String),
    /// It failed, and nobody foresaw why.
    #[error("{0}")]
    Failed(String),
}

impl StepError {
    /// The rules forbid it, as this problem says.
    pub fn refused(problem: &Problem) -> Self {
        Self::Refused(format!("{}: {}", problem.code(), problem.detail()))
    }

    /// Something that it needs is down or slow, for this reason.
    pub fn unavailable(reason: impl fmt::Display) -> Self {
        Self::Unavailable(reason.to_string())
    }

    /// It failed for this reason.
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }
}

impl From<Problem> for StepError {
    /// A client's fault is a refusal; what may pass is unavailable.
    fn from(problem: Problem) -> Self {
        let text = format!("{}: {}", problem.code(), problem.detail());
        match problem.status() {
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Self::Unavailable(text),
            status if status.is_client_error() => Self::Refused(text),
            _ => Self::Failed(text),
        }
    }
}

impl From<CallError> for StepError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(_) => Self::Refused(error.to_string()),
            CallError::Unavailable { .. } | CallError::Timeout { .. } => Self::unavailable(error),
            other => Self::failed(other),
        }
    }
}

impl From<SqlError> for StepError {
    fn from(error: SqlError) -> Self {
        if error.may_pass() { Self::unavailable(error) } else { Self::failed(error) }
    }
}

impl From<TransactionError> for StepError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Sql(error) => error.into(),
            TransactionError::Mapped(problem) => problem.into(),
            TransactionError::NumberTaken => Self::unavailable(error),
            error => Self::failed(error),
        }
    }
}
