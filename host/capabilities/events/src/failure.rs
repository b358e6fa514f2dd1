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

/// How a component's answer begins that says: something it needs is not available at present. `wasmcloud:messaging` has
/// nothing but a text for an error.
const UNAVAILABLE: &str = "unavailable: ";

impl Failure {
    /// What a component means by the error that it answered with.
    pub fn of_answer(why: String) -> Self {
        match why.strip_prefix(UNAVAILABLE) {
            Some(reason) => Self::Unavailable(reason.to_owned()),
            None => Self::Failed(why),
        }
    }
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
