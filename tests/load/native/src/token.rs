//! Access tokens: JSON Web Tokens (RFC 7519, RFC 9068) signed with Ed25519 (RFC 8037).

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const ISSUER: &str = "lyceum";
const AUDIENCE: &str = "lyceum";
const KEY_ID: &str = "baseline";
/// Long enough for any benchmark.
const LIFE_SECONDS: u64 = 24 * 60 * 60;
/// Tokens remembered at most; then it starts anew.
const REMEMBERED: usize = 10_000;

#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The user's id.
    pub(crate) sub: String,
    sid: String,
    roles: Vec<String>,
    iat: u64,
    exp: u64,
    jti: String,
}

/// Makes and verifies tokens.
pub(crate) struct Tokens {
    signing_key: SigningKey,
    verifying_key: VerifyingKey,
    verified: Option<RwLock<HashMap<String, Claims>>>,
}

impl Tokens {
    /// With a key that lives as long as the process; `remember` skips the signature of a token seen before.
    pub(crate) fn new(remember: bool) -> Self {
        // Two version 4 UUIDs: 244 bits from the operating system's generator.
        let mut seed = [0; 32];
        let (first, second) = seed.split_at_mut(16);
        first.copy_from_slice(Uuid::new_v4().as_bytes());
        second.copy_from_slice(Uuid::new_v4().as_bytes());
        let signing_key = SigningKey::from_bytes(&seed);
        let verifying_key = signing_key.verifying_key();
        Self { signing_key, verifying_key, verified: remember.then(RwLock::default) }
    }

    /// A token for a user.
    pub(crate) fn issue(&self, user_id: &str) -> anyhow::Result<String> {
        let now = unix_seconds();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user_id.into(),
            sid: Uuid::now_v7().to_string(),
            roles: vec!["student".into()],
            iat: now,
            exp: now + LIFE_SECONDS,
            jti: Uuid::now_v7().to_string(),
        };
        self.sign(&claims).context("write the token")
    }

    /// The claims of a token that is genuine and has not expired.
    pub(crate) fn verify(&self, token: &str) -> Option<Claims> {
        let known = self
            .verified
            .as_ref()
            .and_then(|verified| verified.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned());
        let claims = match known {
            Some(claims) => claims,
            None => self.verify_signature(token)?,
        };
        (claims.exp > unix_seconds() && claims.iss == ISSUER && claims.aud == AUDIENCE).then_some(claims)
    }

    fn verify_signature(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Header = decode(header)?;
        if header != expected_header() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signature = Signature::from_slice(&signature).ok()?;
        self.verifying_key.verify_strict(signed.as_bytes(), &signature).ok()?;
        let claims: Claims = decode(payload)?;
        if let Some(verified) = &self.verified {
            let mut verified = verified.write().unwrap_or_else(PoisonError::into_inner);
            if verified.len() >= REMEMBERED {
                verified.clear();
            }
            verified.insert(token.to_owned(), claims.clone());
        }
        Some(claims)
    }

    fn sign(&self, claims: &Claims) -> serde_json::Result<String> {
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&expected_header())?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
        let signature = self.signing_key.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        Ok(token)
    }
}

fn expected_header() -> Header {
    Header { alg: "EdDSA".into(), typ: "at+jwt".into(), kid: KEY_ID.into() }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn only_a_genuine_token_in_its_time_passes_also_when_it_was_remembered() {
        for remember in [false, true] {
            let tokens = Tokens::new(remember);
            let token = tokens.issue("somebody").unwrap();
            for _ in 0..2 {
                assert_eq!(tokens.verify(&token).unwrap().sub, "somebody");
            }
            let mut claims = tokens.verify(&token).unwrap();
            claims.exp = claims.iat;
            let expired = tokens.sign(&claims).unwrap();
            let foreign = Tokens::new(false).issue("somebody").unwrap();
            let (signed, _) = token.rsplit_once('.').unwrap();
            for bad in ["", "a.b.c", &expired, &expired, &foreign, &format!("{signed}."), signed] {
                assert!(tokens.verify(bad).is_none(), "{bad}");
            }
        }
    }
}
