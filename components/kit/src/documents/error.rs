//! What can go wrong with documents.

use std::time::Duration;

use crate::host::documents as host;

use crate::{event::EventError, log, once::OnceError, problem::Problem};

/// Why a call failed. Nothing was written, except perhaps after [`DocumentsError::OutcomeUnknown`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentsError {
    /// The document that was to be changed does not exist.
    #[error("there is no such document")]
    NotFound,
    /// The document has this version, not the expected one.
    #[error("the document has version {0}")]
    Expectation(u64),
    /// The request is meant for a state that the document may not have.
    #[error("the request is meant for another state")]
    Conditions,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used before with another request")]
    KeyReused,
    /// In conflict with other writers until the deadline.
    #[error("in conflict with other writers")]
    Conflict,
    /// A name, a body, a filter or a cursor is wrong.
    #[error("invalid: {0}")]
    Invalid(String),
    /// Over a limit.
    #[error("too large: {0}")]
    TooLarge(String),
    /// No space left.
    #[error("the documents' storage is full")]
    StorageFull,
    /// Past the deadline.
    #[error("the documents took too long")]
    Timeout,
    /// Can't be reached.
    #[error("the documents can't be reached: {0}")]
    Unavailable(String),
    /// The connection broke during the write.
    #[error("it is not known whether the document was written")]
    OutcomeUnknown,
    /// A stored body is not of the form that the service expects, or a new one is no JSON.
    #[error("the body of document {id:?} is not as expected: {reason}")]
    Body {
        /// The document.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A stored body went through more migrations than this release of the service knows.
    #[error(
        "the body of document {id:?} has schema version {found}, of a later release: this one knows {known}"
    )]
    NewerBody {
        /// The document.
        id: String,
        /// How many it went through.
        found: u64,
        /// How many are known.
        known: u64,
    },
    /// Not all bodies of this collection went through the migrations that change a field that is asked for.
    #[error("bodies of {0} are still being migrated")]
    NotCaughtUp(String),
    /// The cursor that a client gave is not one of this list.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// It is not the only write under its key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// The route says that another collection remembers its answers.
    #[error("the route's answers are remembered in collection {0:?}, which this write is not for")]
    RememberedElsewhere(&'static str),
}

impl From<host::Error> for DocumentsError {
    fn from(error: host::Error) -> Self {
        match error {
            host::Error::NotFound => Self::NotFound,
            host::Error::Expectation(version) => Self::Expectation(version),
            host::Error::KeyReused => Self::KeyReused,
            host::Error::Conflict => Self::Conflict,
            host::Error::Invalid(reason) => Self::Invalid(reason),
            host::Error::TooLarge(what) => Self::TooLarge(what),
            host::Error::StorageFull => Self::StorageFull,
            host::Error::Timeout => Self::Timeout,
            host::Error::Unavailable(reason) => Self::Unavailable(reason),
            host::Error::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

/// What a service doesn't map itself: 4xx where the request is at fault, 503 where it may be repeated, and 500 where
/// the service is wrong.
impl From<DocumentsError> for Problem {
    fn from(error: DocumentsError) -> Self {
        let retry_after = match &error {
            DocumentsError::NotFound => return Self::not_found("There is no such document."),
            DocumentsError::Expectation(_) => return Self::changed_meanwhile(),
            DocumentsError::Conditions => return Self::precondition_failed(),
            DocumentsError::KeyReused => {
                let detail = "This Idempotency-Key was used before with another request.";
                return Self::unprocessable("IDEMPOTENCY_KEY_REUSED", detail);
            }
            DocumentsError::Cursor => return crate::page::wrong_cursor(),
            DocumentsError::Conflict => Duration::from_secs(1),
            DocumentsError::Timeout | DocumentsError::Unavailable(_) | DocumentsError::OutcomeUnknown => {
                Duration::from_secs(2)
            }
            DocumentsError::NotCaughtUp(_) => Duration::from_secs(10),
            DocumentsError::StorageFull | DocumentsError::NewerBody { .. } => Duration::from_mins(1),
            DocumentsError::Invalid(_)
            | DocumentsError::TooLarge(_)
            | DocumentsError::Body { .. }
            | DocumentsError::Once(_)
            | DocumentsError::RememberedElsewhere(_) => {
                log::error(error.to_string());
                return Self::internal();
            }
        };
        log::warn(error.to_string());
        Self::unavailable(retry_after)
    }
}

impl From<DocumentsError> for EventError {
    fn from(error: DocumentsError) -> Self {
        use DocumentsError::{
            Conflict, NewerBody, NotCaughtUp, OutcomeUnknown, StorageFull, Timeout, Unavailable,
        };
        match error {
            // The later release, or the migration's end, makes the last two good.
            Conflict
            | StorageFull
            | Timeout
            | Unavailable(_)
            | OutcomeUnknown
            | NewerBody { .. }
            | NotCaughtUp(_) => Self::unavailable(error),
            error => Self::failed(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_status() {
        for (error, status) in [
            (DocumentsError::NotFound, 404),
            (DocumentsError::Expectation(2), 409),
            (DocumentsError::Conditions, 412),
            (DocumentsError::KeyReused, 422),
            (DocumentsError::Cursor, 400),
            (DocumentsError::Conflict, 503),
            (DocumentsError::Timeout, 503),
            (DocumentsError::OutcomeUnknown, 503),
            (DocumentsError::StorageFull, 503),
            (DocumentsError::NotCaughtUp("notes".into()), 503),
            (DocumentsError::NewerBody { id: "a".into(), found: 2, known: 1 }, 503),
            (DocumentsError::Invalid("$where".into()), 500),
        ] {
            assert_eq!(Problem::from(error.clone()).status().as_u16(), status, "{error}");
        }
    }
}
