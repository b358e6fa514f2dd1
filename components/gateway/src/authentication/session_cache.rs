//! Tokens that this instance has verified, by their digest, so that no memory
//! holds a token itself.

use std::collections::BTreeMap;

use http::HeaderValue;

use super::{key_set::PublicKey, token::TokenClaims};

/// At most so many tokens are remembered.
const LIMIT: usize = 1024;

/// SHA-256 of a token.
pub(super) type TokenDigest = [u8; 32];

/// A token that was verified.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) claims: TokenClaims,
    /// The key that it was verified with, and the name of that key.
    pub(super) key_id: String,
    pub(super) key: PublicKey,
    /// The identity last made for it, and when.
    pub(super) identity: Option<(HeaderValue, i64)>,
}

impl Known {
    pub(super) const fn new(claims: TokenClaims, key_id: String, key: PublicKey) -> Self {
        Self { claims, key_id, key, identity: None }
    }
}

/// The tokens that were verified.
#[derive(Debug, Default)]
pub(super) struct SessionCache(BTreeMap<TokenDigest, Known>);

impl SessionCache {
    pub(super) fn find(&mut self, digest: &TokenDigest) -> Option<&mut Known> {
        self.0.get_mut(digest)
    }

    /// Remembers a token. When there are too many, those that have expired are
    /// forgotten, or all: they are only verified again.
    pub(super) fn insert(&mut self, digest: TokenDigest, known: Known, now: i64) {
        if self.0.len() >= LIMIT {
            self.0.retain(|_, known| known.claims.check_time(now).is_ok());
        }
        if self.0.len() >= LIMIT {
            self.0.clear();
        }
        self.0.insert(digest, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: usize) -> TokenDigest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        digest
    }

    fn add(cache: &mut SessionCache, number: usize, expires_at: i64, now: i64) {
        let claims = TokenClaims { expires_at, ..TokenClaims::default() };
        let key = PublicKey::Ed25519(ed25519_dalek::VerifyingKey::default());
        let known = Known::new(claims, "k1".to_owned(), key);
        cache.insert(digest(number), known, now);
    }

    #[test]
    fn memory_is_bounded_and_what_has_expired_is_forgotten_first() {
        let mut cache = SessionCache::default();
        for number in 0..LIMIT {
            add(&mut cache, number, if number < 10 { 2_000 } else { 1_000 }, 500);
        }
        assert_eq!(cache.0.len(), LIMIT);
        add(&mut cache, LIMIT, 2_000, 1_500);
        assert_eq!(cache.0.len(), 11);
        for number in LIMIT..3 * LIMIT {
            add(&mut cache, number, 2_000, 1_500);
            assert!(cache.find(&digest(number)).is_some());
        }
        assert!(cache.0.len() <= LIMIT);
    }
}
