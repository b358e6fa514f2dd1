//! The key set of auth (RFC 7517, 5): those of its keys that access tokens may
//! be signed with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::VerifyingKey;
use serde::Deserialize;
use serde_json::Value;

/// More keys than a rotation ever needs at once.
const LIMIT: usize = 16;

/// Keys by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<(String, VerifyingKey)>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// RFC 8037, section 2.
#[derive(Deserialize)]
struct Key {
    kty: String,
    crv: String,
    x: String,
    kid: String,
    alg: Option<String>,
    r#use: Option<String>,
}

impl KeySet {
    /// Keys of other kinds, or that can't be used, are left out (RFC 7517, 5).
    pub(super) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(json)?;
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(keys.filter_map(usable).take(LIMIT).collect()))
    }

    pub(super) fn find(&self, id: &str) -> Option<VerifyingKey> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, key)| *key)
    }
}

fn usable(key: Key) -> Option<(String, VerifyingKey)> {
    let for_signatures = key.kty == "OKP"
        && key.crv == "Ed25519"
        && key.alg.is_none_or(|alg| alg == "EdDSA")
        && key.r#use.is_none_or(|purpose| purpose == "sig");
    let bytes: [u8; 32] = BASE64.decode(key.x).ok()?.try_into().ok()?;
    let public = VerifyingKey::from_bytes(&bytes).ok().filter(|public| !public.is_weak())?;
    for_signatures.then_some((key.kid, public))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 8037, appendix A.2.
    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn parse(keys: &Value) -> KeySet {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_ed25519_key_is_found_by_its_id() {
        let keys = parse(&json!([
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "a", "alg": "EdDSA", "use": "sig" },
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "b" },
        ]));
        assert!(keys.find("a").is_some() && keys.find("b").is_some());
        assert!(keys.find("c").is_none());
    }

    #[test]
    fn no_other_key_is_used() {
        let weak = BASE64.encode([0_u8; 32]);
        let keys = parse(&json!([
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "rsa" },
            { "kty": "OKP", "crv": "X25519", "x": PUBLIC, "kid": "agreement" },
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "encryption", "use": "enc" },
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "other", "alg": "ES256" },
            { "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "short" },
            { "kty": "OKP", "crv": "Ed25519", "x": weak, "kid": "weak" },
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC },
            7,
        ]));
        assert!(keys.0.is_empty(), "{keys:?}");
        assert!(KeySet::parse(b"[]").is_err());
    }
}
