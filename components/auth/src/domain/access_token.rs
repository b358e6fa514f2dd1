//! Access tokens: JWTs (RFC 9068) signed with Ed25519 (RFC 8037), and the key set that verifies
//! them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The `iss` claim of every access token.
pub(crate) const ISSUER: &str = "lyceum-auth";
/// The `aud` claim of every access token.
pub(crate) const AUDIENCE: &str = "lyceum";
/// How long an access token is good for, in seconds.
pub(crate) const LIFETIME_SECONDS: i64 = 15 * 60;

/// What an access token says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claims<'a> {
    /// The user's id.
    pub(crate) sub: &'a str,
    /// The session's id; the token is refused once that session has ended.
    pub(crate) sid: &'a str,
    /// The names of the user's roles at the time of issue.
    pub(crate) roles: &'a [&'a str],
    /// The token's own id.
    pub(crate) jti: &'a str,
    /// Time of issue, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) iat: i64,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'static str,
    aud: &'static str,
    exp: i64,
    #[serde(flatten)]
    claims: &'a Claims<'a>,
}

/// A JSON Web Key Set: RFC 7517, section 5.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema)]
pub(crate) struct KeySet {
    /// The keys that access tokens may be signed with.
    pub(crate) keys: Vec<Key>,
}

/// A public key as a JWK.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum Key {
    /// Of this system's own tokens.
    Ed25519(Ed25519Key),
    /// Of the older library's tokens.
    Rsa(RsaKey),
}

/// A public RSA key as a JWK: RFC 7518, section 6.3.1.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema)]
pub(crate) struct RsaKey {
    /// Always `RSA`.
    pub(crate) kty: String,
    /// The modulus, base64url.
    pub(crate) n: String,
    /// The exponent, base64url.
    pub(crate) e: String,
    /// The key's thumbprint: RFC 7638.
    pub(crate) kid: String,
    /// Always `RS256`.
    pub(crate) alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub(crate) purpose: String,
}

/// A public Ed25519 key as a JWK: RFC 8037, section 2.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema)]
pub(crate) struct Ed25519Key {
    /// Always `OKP`.
    pub(crate) kty: String,
    /// Always `Ed25519`.
    pub(crate) crv: String,
    /// The public key, base64url.
    pub(crate) x: String,
    /// The key's thumbprint: RFC 7638.
    pub(crate) kid: String,
    /// Always `EdDSA`.
    pub(crate) alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub(crate) purpose: String,
}

/// Signs access tokens.
pub(crate) struct Issuer {
    key: SigningKey,
    kid: String,
}

impl Issuer {
    /// An issuer whose key is made from a secret seed.
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        let kid = thumbprint(&public_part(&key));
        Self { key, kid }
    }

    /// A signed token: RFC 7515, section 7.1 (compact serialisation).
    pub(crate) fn sign(&self, claims: &Claims<'_>) -> Result<String, serde_json::Error> {
        let header = Header { alg: "EdDSA", typ: "at+jwt", kid: &self.kid };
        let exp = claims.iat.saturating_add(LIFETIME_SECONDS);
        let payload = Payload { iss: ISSUER, aud: AUDIENCE, exp, claims };
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&payload)?, &mut token);
        let signature = self.key.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        Ok(token)
    }

    /// What others need to verify the tokens.
    pub(crate) fn key_set(&self) -> KeySet {
        let key = Ed25519Key {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: public_part(&self.key),
            kid: self.kid.clone(),
            alg: "EdDSA".to_owned(),
            purpose: "sig".to_owned(),
        };
        KeySet { keys: vec![Key::Ed25519(key)] }
    }
}

fn public_part(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())
}

/// RFC 7638: the digest of the required members, in lexical order and without spaces.
fn thumbprint(public: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signature;
    use serde_json::{Value, json};

    use super::*;

    /// RFC 8037, appendix A.1 to A.3: the private key, and its public part and thumbprint.
    const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    fn issuer() -> Issuer {
        Issuer::from_seed(URL_SAFE_NO_PAD.decode(SEED).unwrap().try_into().unwrap())
    }

    fn decode(part: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn the_key_set_agrees_with_the_rfc() {
        let set = serde_json::to_value(issuer().key_set()).unwrap();
        let key = json!({
            "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": THUMBPRINT, "alg": "EdDSA", "use": "sig",
        });
        assert_eq!(set, json!({ "keys": [key] }));
    }

    #[test]
    fn a_token_says_what_was_asked_and_verifies() {
        let roles = ["student"];
        let claims = Claims { sub: "u", sid: "s", roles: &roles, jti: "j", iat: 1_000 };
        let token = issuer().sign(&claims).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        assert_eq!(decode(header), json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": THUMBPRINT }));
        assert_eq!(
            decode(payload),
            json!({
                "iss": "lyceum-auth", "aud": "lyceum", "sub": "u", "sid": "s",
                "roles": ["student"], "jti": "j", "iat": 1_000, "exp": 1_900,
            }),
        );
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let key = issuer().key.verifying_key();
        key.verify_strict(signed.as_bytes(), &signature).unwrap();
        assert!(key.verify_strict(b"another text", &signature).is_err());
    }
}
