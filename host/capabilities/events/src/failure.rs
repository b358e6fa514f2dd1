//! Why a handler did not handle an event.

/// Why a handler did not handle an event, which decides what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It could not, for a reason that nobody foresaw. This is one of the attempts after which the event becomes a dead
    /// letter.
    #[error("{0}")]
    Failed(String),
    /// Something that it needs is down or slow at present. However long that lasts, the event waits: it is at no fault.
    #[error("{0}")]
    Unavailable(String),
    /// What another aggregate's event brings has not come yet. The event waits for [`crate::RetryPolicy::patience`] and costs
    /// no attempt; after that it is a dead letter.
    #[error("not yet: {0}")]
    NotYet(String),
    /// The rules forbid what the event asks for. That is an answer: the event is handled.
    #[error("refused: {0}")]
    Refused(String),
    /// It can never be handled: it is malformed, or of an unknown kind. It is a dead letter at once.
    #[error("broken: {0}")]
    Broken(String),
}

/// A first word, and what it makes of the rest.
type Word = (&'static str, fn(String) -> Failure);

/// How a component's answer begins that is more than a failure. `wasmcloud:messaging` has nothing but a text for an error.
const WORDS: [Word; 4] = [
    ("unavailable: ", Failure::Unavailable),
    ("not-yet: ", Failure::NotYet),
    ("refused: ", Failure::Refused),
    ("broken: ", Failure::Broken),
];

impl Failure {
    /// What a component means by the error that it answered with.
    pub fn of_answer(why: String) -> Self {
        for (word, meaning) in WORDS {
            if let Some(reason) = why.strip_prefix(word) {
                return meaning(reason.to_owned());
            }
        }
        Self::Failed(why)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_an_answer_decides_what_becomes_of_the_event() {
        let of = |answer: &str| Failure::of_answer(answer.to_owned());
        assert_eq!(of("unavailable: refused"), Failure::Unavailable("refused".to_owned()));
        assert_eq!(of("not-yet: the book b1"), Failure::NotYet("the book b1".to_owned()));
        assert_eq!(of("refused: no seats left"), Failure::Refused("no seats left".to_owned()));
        assert_eq!(of("broken: no JSON"), Failure::Broken("no JSON".to_owned()));
        for other in ["it is unavailable: x", "broken", "Refused: x", ""] {
            assert_eq!(of(other), Failure::Failed(other.to_owned()));
        }
    }
}
