//! What it means that a refresh token is shown: RFC 9700, section 4.14.2.
//!
//! A token is exchanged once. Who shows it again at the same moment, or with the same
//! `Idempotency-Key`, is the same client once more: another window of it, or one whose answer was
//! lost. It gets the tokens that it would have got. Who comes later shows a token that was stolen,
//! or whose successor was.

use std::time::Duration;

use lyceum_kit::clock::Timestamp;

/// The grace after an exchange, if the operator says nothing.
pub(crate) const DEFAULT_GRACE: Duration = Duration::from_secs(10);
/// The longest grace: a thief has as long to go unnoticed.
pub(crate) const LONGEST_GRACE: Duration = Duration::from_mins(1);
/// How long a request may be repeated with its key: what is promised of every `Idempotency-Key`.
pub(crate) const KEY_MEMORY: Duration = Duration::from_hours(24);

/// How a token was exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// When.
    pub(crate) at: Timestamp,
    /// The digest of the request's key.
    pub(crate) key: Option<String>,
}

/// What follows for somebody who shows a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It is exchanged.
    First,
    /// It was exchanged then, by the same client: the same answer again.
    Again(Timestamp),
    /// Somebody else has it, too: its session ends.
    Reused,
}

impl Shown {
    /// Judges a token that was exchanged so, or not yet, and is shown `now` with this `key`.
    pub(crate) fn judge(
        exchange: Option<&Exchange>,
        key: Option<&str>,
        now: Timestamp,
        grace: Duration,
    ) -> Self {
        let Some(Exchange { at, key: first }) = exchange else { return Self::First };
        let passed = now.since(*at);
        let same_request = key.is_some() && key == first.as_deref() && passed <= KEY_MEMORY;
        if passed < grace || same_request { Self::Again(*at) } else { Self::Reused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn judge(key: Option<&str>, first: Option<&str>, after: Duration) -> Shown {
        let exchange = Exchange { at: AT, key: first.map(Into::into) };
        Shown::judge(Some(&exchange), key, AT.plus(after), DEFAULT_GRACE)
    }

    #[test]
    fn a_token_that_was_never_shown_is_exchanged() {
        assert_eq!(Shown::judge(None, None, AT, DEFAULT_GRACE), Shown::First);
        assert_eq!(Shown::judge(None, Some("k"), AT, Duration::ZERO), Shown::First);
    }

    #[test]
    fn within_the_grace_the_same_client_shows_it_again() {
        for key in [None, Some("k"), Some("another")] {
            assert_eq!(judge(key, Some("k"), Duration::ZERO), Shown::Again(AT));
            assert_eq!(judge(key, None, Duration::from_millis(9_999)), Shown::Again(AT));
            assert_eq!(judge(key, None, DEFAULT_GRACE), Shown::Reused);
        }
        // The clock of another host may be a little behind.
        let exchange = Exchange { at: AT.plus(Duration::from_secs(1)), key: None };
        assert_eq!(Shown::judge(Some(&exchange), None, AT, DEFAULT_GRACE), Shown::Again(exchange.at));
    }

    #[test]
    fn the_same_request_may_be_repeated_for_a_day() {
        assert_eq!(judge(Some("k"), Some("k"), KEY_MEMORY), Shown::Again(AT));
        assert_eq!(judge(Some("k"), Some("k"), KEY_MEMORY + Duration::from_secs(1)), Shown::Reused);
        for (key, first) in [(Some("k"), None), (None, Some("k")), (Some("k"), Some("l")), (None, None)] {
            assert_eq!(judge(key, first, Duration::from_mins(2)), Shown::Reused);
        }
    }

    #[test]
    fn without_grace_only_the_key_tells_the_same_client() {
        let exchange = Exchange { at: AT, key: Some("k".into()) };
        assert_eq!(Shown::judge(Some(&exchange), None, AT, Duration::ZERO), Shown::Reused);
        assert_eq!(Shown::judge(Some(&exchange), Some("k"), AT, Duration::ZERO), Shown::Again(AT));
    }
}
