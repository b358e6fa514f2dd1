//! When the key set is fetched: at first, when it has become old, and when a
//! token names a key that isn't in it; but never often, since anybody can name
//! a key.

use ed25519_dalek::VerifyingKey;
use lyceum_kit::prelude::*;

use super::{key_set::KeySet, refusal::Refusal};

/// After this many seconds a key that auth has withdrawn is no longer used.
const OLD: i64 = 300;
/// At least so many seconds are between two attempts.
const PAUSE: i64 = 5;
/// After one that failed it is this many, so that callers are known again soon after auth is back.
const PAUSE_AFTER_FAILURE: i64 = 1;

/// The keys that one instance knows.
#[derive(Debug, Default)]
pub(super) struct KeyStore {
    keys: KeySet,
    fetched_at: Option<i64>,
    asked: Option<Asked>,
}

/// The last attempt.
#[derive(Clone, Debug)]
struct Asked {
    at: i64,
    failed: Option<Problem>,
}

impl Asked {
    fn pause(&self) -> i64 {
        if self.failed.is_some() { PAUSE_AFTER_FAILURE } else { PAUSE }
    }
}

impl KeyStore {
    /// The key of that id, fetched with `fetch` where that may help. `now` is
    /// in seconds since the Unix epoch.
    ///
    /// While auth can't be asked, known keys go on being used; for an unknown
    /// one the problem is that of `fetch`, not that the token is wrong.
    pub(super) fn find(
        &mut self,
        id: &str,
        now: i64,
        fetch: impl FnOnce() -> Result<KeySet, Problem>,
    ) -> Result<VerifyingKey, Problem> {
        let old = self.fetched_at.is_none_or(|fetched_at| now.saturating_sub(fetched_at) >= OLD);
        let known = self.keys.find(id);
        if let Some(key) = known.filter(|_| !old) {
            return Ok(key);
        }
        let asked = match self.asked.take() {
            Some(asked) if (0..asked.pause()).contains(&now.saturating_sub(asked.at)) => asked,
            _ => self.ask(now, fetch),
        };
        let failed = self.asked.insert(asked).failed.clone();
        match (self.keys.find(id), failed) {
            (Some(key), _) => Ok(key),
            (None, Some(problem)) => Err(problem),
            (None, None) => Err(Refusal::UnknownKey.into()),
        }
    }

    fn ask(&mut self, now: i64, fetch: impl FnOnce() -> Result<KeySet, Problem>) -> Asked {
        let failed = match fetch() {
            Ok(keys) => {
                self.keys = keys;
                self.fetched_at = Some(now);
                None
            }
            Err(problem) => Some(problem),
        };
        Asked { at: now, failed }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use super::*;

    /// Counts how often it is asked.
    struct Auth {
        asked: Cell<usize>,
        up: Cell<bool>,
    }

    impl Auth {
        fn new(up: bool) -> Self {
            Self { asked: Cell::new(0), up: Cell::new(up) }
        }

        fn key_set(&self) -> Result<KeySet, Problem> {
            self.asked.set(self.asked.get() + 1);
            let json = br#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
            if self.up.get() {
                Ok(KeySet::parse(json).unwrap())
            } else {
                Err(Problem::unavailable(Duration::from_secs(2)))
            }
        }
    }

    fn status(store: &mut KeyStore, id: &str, now: i64, auth: &Auth) -> Option<u16> {
        store.find(id, now, || auth.key_set()).err().map(|problem| problem.status().as_u16())
    }

    #[test]
    fn a_known_key_is_not_asked_for_again_until_it_is_old() {
        let (mut store, auth) = (KeyStore::default(), Auth::new(true));
        for now in [1_000, 1_001, 1_000 + OLD - 1] {
            assert_eq!(status(&mut store, "a", now, &auth), None);
        }
        assert_eq!(auth.asked.get(), 1);
        assert_eq!(status(&mut store, "a", 1_000 + OLD, &auth), None);
        assert_eq!(auth.asked.get(), 2);
    }

    #[test]
    fn invented_keys_do_not_make_the_gateway_ask_often() {
        let (mut store, auth) = (KeyStore::default(), Auth::new(true));
        for now in 1_000..1_000 + 2 * PAUSE {
            assert_eq!(status(&mut store, &format!("invented-{now}"), now, &auth), Some(401));
        }
        assert_eq!(auth.asked.get(), 2);
    }

    #[test]
    fn without_auth_known_keys_are_used_and_unknown_ones_can_not_be_judged() {
        let (mut store, auth) = (KeyStore::default(), Auth::new(false));
        assert_eq!(status(&mut store, "a", 1_000, &auth), Some(503));
        assert_eq!(status(&mut store, "a", 1_000, &auth), Some(503));
        assert_eq!(auth.asked.get(), 1);
        auth.up.set(true);
        assert_eq!(status(&mut store, "a", 1_000 + PAUSE_AFTER_FAILURE, &auth), None);
        auth.up.set(false);
        assert_eq!(status(&mut store, "a", 1_000 + PAUSE + OLD, &auth), None);
        assert_eq!(status(&mut store, "b", 1_001 + PAUSE + OLD, &auth), Some(503));
    }
}
