//! Why a handler did not handle an event.

/// Why a handler did not handle an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It could not. This is one of the attempts after which the event becomes a dead letter.
    #[error("{0}")]
    Failed(String),
    /// Something that it needs is not there at present. However long that lasts, the event waits: it is at no fault.
    #[error("{0}")]
    Unavailable(String),
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

impl From<&str> for Failure {
    fn from(reason: &str) -> Self {
        Self::Failed(reason.to_owned())
    }
}
