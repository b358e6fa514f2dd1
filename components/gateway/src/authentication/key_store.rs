//! When the key set is fetched: at first, when it has become old, and when a
//! token names a key that isn't in it; but never often, since anybody can name
//! a key.

use lyceum_kit::prelude::*;

use super::{key_set::PublicKey, refusal::Refusal, shared_keys::Shared, sources::Sources};

/// After this many seconds a key that auth has withdrawn is no longer used.
const OLD: i64 = 300;
/// At least so many seconds are between two attempts.
const PAUSE: i64 = 5;
/// After one that failed it is this many, so that callers are known again soon after auth is back.
const PAUSE_AFTER_FAILURE: i64 = 1;

/// The keys that one instance knows.
#[derive(Debug, Default)]
pub(super) struct KeyStore {
    known: Option<Shared>,
    asked: Option<Asked>,
}

/// The last attempt.
#[derive(Clone, Debug)]
struct Asked {
    at: i64,
    failed: Option<Problem>,
}

impl Asked {
    /// Whether it is too early for another.
    fn is_recent(&self, now: i64) -> bool {
        let pause = if self.failed.is_some() { PAUSE_AFTER_FAILURE } else { PAUSE };
        (0..pause).contains(&now.saturating_sub(self.at))
    }
}

impl KeyStore {
    /// The key of that id; another instance, then auth is asked where that may
    /// help. `now` is in seconds since the Unix epoch.
    ///
    /// While auth can't be asked, known keys go on being used; for an unknown
    /// one the problem is that of `sources`, not that the token is wrong.
    pub(super) fn find(&mut self, id: &str, now: i64, sources: &impl Sources) -> Result<PublicKey, Problem> {
        if let Some(key) = self.fresh(id, now) {
            return Ok(key);
        }
        let asked = match self.asked.take() {
            Some(asked) if asked.is_recent(now) => asked,
            _ => {
                self.adopt(sources.shared());
                if let Some(key) = self.fresh(id, now) {
                    return Ok(key);
                }
                self.ask(now, sources)
            }
        };
        let failed = self.asked.insert(asked).failed.clone();
        match (self.known(id), failed) {
            (Some(key), _) => Ok(key),
            (None, Some(problem)) => Err(problem),
            (None, None) => Err(Refusal::UnknownKey.into()),
        }
    }

    /// The key, however old.
    fn known(&self, id: &str) -> Option<PublicKey> {
        self.known.as_ref()?.keys.find(id)
    }

    /// The key, unless it may have been withdrawn meanwhile.
    fn fresh(&self, id: &str, now: i64) -> Option<PublicKey> {
        let known = self.known.as_ref()?;
        known.keys.find(id).filter(|_| now.saturating_sub(known.fetched_at) < OLD)
    }

    /// Takes over what is newer.
    fn adopt(&mut self, shared: Option<Shared>) {
        let fetched_at = |known: &Option<Shared>| known.as_ref().map(|known| known.fetched_at);
        if fetched_at(&self.known) < fetched_at(&shared) {
            self.known = shared;
        }
    }

    /// Asks auth, unless another instance has just done so.
    fn ask(&mut self, now: i64, sources: &impl Sources) -> Asked {
        let known = self.known.as_ref().map(|known| Asked { at: known.fetched_at, failed: None });
        if let Some(asked) = known.filter(|asked| asked.is_recent(now)) {
            return asked;
        }
        let failed = match sources.key_set(now) {
            Ok(keys) => {
                self.known = Some(Shared { keys, fetched_at: now });
                None
            }
            Err(problem) => Some(problem),
        };
        Asked { at: now, failed }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        time::Duration,
    };

    use super::{super::key_set::KeySet, *};

    /// Counts how often it is asked, and shares what it answered as far as that works.
    struct Auth {
        asked: Cell<usize>,
        up: Cell<bool>,
        shares: bool,
        shared: RefCell<Option<Shared>>,
    }

    impl Auth {
        fn new(up: bool) -> Self {
            Self { asked: Cell::new(0), up: Cell::new(up), shares: false, shared: RefCell::new(None) }
        }

        fn sharing() -> Self {
            Self { shares: true, ..Self::new(true) }
        }
    }

    impl Sources for Auth {
        fn shared(&self) -> Option<Shared> {
            self.shared.borrow().clone()
        }

        fn key_set(&self, now: i64) -> Result<KeySet, Problem> {
            self.asked.set(self.asked.get() + 1);
            let json = br#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
            if !self.up.get() {
                return Err(Problem::unavailable(Duration::from_secs(2)));
            }
            let keys = KeySet::parse(json).unwrap();
            if self.shares {
                *self.shared.borrow_mut() = Some(Shared { keys: keys.clone(), fetched_at: now });
            }
            Ok(keys)
        }

        fn has_ended(&self, _: &str) -> Result<bool, Problem> {
            Ok(false)
        }

        fn lasts(&self, _: &str) -> bool {
            true
        }
    }

    fn status(store: &mut KeyStore, id: &str, now: i64, auth: &Auth) -> Option<u16> {
        store.find(id, now, auth).err().map(|problem| problem.status().as_u16())
    }

    #[test]
    fn keys_that_one_instance_fetched_are_used_by_all() {
        let auth = Auth::sharing();
        for now in [1_000, 1_001, 1_000 + OLD - 1] {
            assert_eq!(status(&mut KeyStore::default(), "a", now, &auth), None);
        }
        assert_eq!(auth.asked.get(), 1);
        assert_eq!(status(&mut KeyStore::default(), "a", 1_000 + OLD, &auth), None);
        assert_eq!(auth.asked.get(), 2);
    }

    #[test]
    fn without_auth_shared_keys_are_used_by_instances_that_never_asked_it() {
        let auth = Auth::sharing();
        assert_eq!(status(&mut KeyStore::default(), "a", 1_000, &auth), None);
        auth.up.set(false);
        let late = 1_000 + 10 * OLD;
        assert_eq!(status(&mut KeyStore::default(), "a", late, &auth), None);
        assert_eq!(status(&mut KeyStore::default(), "b", late, &auth), Some(503));
    }

    #[test]
    fn invented_keys_do_not_make_new_instances_ask_often() {
        let auth = Auth::sharing();
        for now in 1_000..1_000 + 2 * PAUSE {
            assert_eq!(status(&mut KeyStore::default(), "invented", now, &auth), Some(401));
        }
        assert_eq!(auth.asked.get(), 2);
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
