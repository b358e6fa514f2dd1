//! The key set of auth (RFC 7517, 5): those of its keys that access tokens may
//! be signed with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::VerifyingKey;
use rsa::BoxedUint;
use serde::Deserialize;
use serde_json::Value;

/// More keys than a rotation ever needs at once.
const LIMIT: usize = 16;

/// Fewest bits of an RSA key (RFC 7518, 3.3).
const FEWEST_BITS: usize = 2_048;
/// Most of them, since the time that a signature costs grows with their square.
const MOST_BITS: usize = 4_096;

/// A public key. Its kind decides the algorithm (RFC 8725, 3.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum PublicKey {
    /// For this system's own tokens.
    Ed25519(VerifyingKey),
    /// For the tokens of the older library's clients.
    Rsa(rsa::PublicKey),
}

/// Keys by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<(String, PublicKey)>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// RFC 8037, section 2, and RFC 7518, section 6.3.1.
#[derive(Deserialize)]
struct Key {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    n: Option<String>,
    e: Option<String>,
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

    pub(super) fn find(&self, id: &str) -> Option<PublicKey> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, key)| key.clone())
    }
}

fn usable(key: Key) -> Option<(String, PublicKey)> {
    if key.r#use.as_deref().is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let alg = key.alg.as_deref();
    let public = match (key.kty.as_str(), key.crv.as_deref()) {
        ("OKP", Some("Ed25519")) if alg.is_none_or(|alg| alg == "EdDSA") => ed25519(&key.x?)?,
        // Of many algorithms that such a key could be for, it must say that it is for this one.
        ("RSA", None) if alg == Some("RS256") => rsa(&key.n?, &key.e?)?,
        _ => return None,
    };
    Some((key.kid, public))
}

fn ed25519(x: &str) -> Option<PublicKey> {
    let bytes: [u8; 32] = BASE64.decode(x).ok()?.try_into().ok()?;
    let public = VerifyingKey::from_bytes(&bytes).ok().filter(|public| !public.is_weak())?;
    Some(PublicKey::Ed25519(public))
}

fn rsa(n: &str, e: &str) -> Option<PublicKey> {
    let number = |text: &str| Some(BoxedUint::from_be_slice_vartime(&BASE64.decode(text).ok()?));
    let public = rsa::PublicKey::new_with_size_limits(number(n)?, number(e)?, FEWEST_BITS..=MOST_BITS);
    Some(PublicKey::Rsa(public.ok()?))
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

    /// An odd number of so many bits.
    fn modulus(bits: usize) -> String {
        let mut bytes = vec![0; bits.div_ceil(8)];
        bytes[0] |= 1 << ((bits - 1) % 8);
        *bytes.last_mut().unwrap() |= 1;
        BASE64.encode(bytes)
    }

    #[test]
    fn an_rsa_key_for_rs256_is_found_by_its_id() {
        let keys = parse(&json!([
            { "kty": "RSA", "n": modulus(2_048), "e": "AQAB", "kid": "r", "alg": "RS256", "use": "sig" },
        ]));
        assert!(matches!(keys.find("r"), Some(PublicKey::Rsa(_))));
    }

    #[test]
    fn no_other_key_is_used() {
        let weak = BASE64.encode([0_u8; 32]);
        let keys = parse(&json!([
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "rsa", "alg": "RS256" },
            { "kty": "RSA", "n": modulus(2_047), "e": "AQAB", "kid": "small", "alg": "RS256" },
            { "kty": "RSA", "n": modulus(4_104), "e": "AQAB", "kid": "large", "alg": "RS256" },
            { "kty": "RSA", "n": modulus(2_048), "e": "AQAB", "kid": "unsaid" },
            { "kty": "RSA", "n": modulus(2_048), "e": "AQAB", "kid": "other-hash", "alg": "RS512" },
            { "kty": "RSA", "n": modulus(2_048), "e": "AQAB", "kid": "to-encrypt", "alg": "RS256", "use": "enc" },
            { "kty": "RSA", "n": modulus(2_048), "kid": "half", "alg": "RS256" },
            { "kty": "RSA", "n": BASE64.encode([254; 256]), "e": "AQAB", "kid": "even", "alg": "RS256" },
            { "kty": "RSA", "n": modulus(2_048), "e": "AQ", "kid": "one", "alg": "RS256" },
            { "kty": "RSA", "n": "", "e": "", "kid": "nothing", "alg": "RS256" },
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
