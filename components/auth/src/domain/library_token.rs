//! Tokens as the older library's clients know them: JWTs signed with RSA (RS256: RFC 7518, section 3.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::PrivateKey;
use rsa::sha2::{Digest as _, Sha256};
use rsa::traits::PublicKeyParts as _;
use serde::Serialize;

use super::access_token::{Key, RsaKey};

/// The `iss` claim of every token.
pub(crate) const ISSUER: &str = "example.io";
/// How long a token is good for, in seconds.
pub(crate) const LIFETIME_SECONDS: i64 = 36_000;

/// What a token says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claims<'a> {
    /// The user's number and name there, with a comma between them.
    pub(crate) sub: &'a str,
    /// The user's id; older clients don't read it.
    pub(crate) uid: &'a str,
    /// The session's id; the token is refused once that session has ended.
    pub(crate) sid: &'a str,
    /// Names of roles with spaces between them.
    pub(crate) roles: &'a str,
    /// Time of issue, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) iat: i64,
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'static str,
    exp: i64,
    #[serde(flatten)]
    claims: &'a Claims<'a>,
}

/// Why a token can't be signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    /// The claims can't be written.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The key refuses.
    #[error(transparent)]
    Signature(#[from] rsa::Error),
}

/// Signs such tokens.
pub(crate) struct LibraryIssuer {
    key: PrivateKey,
    public: RsaKey,
}

impl LibraryIssuer {
    pub(crate) fn new(key: PrivateKey) -> Self {
        let [n, e] = [key.n_bytes(), key.e_bytes()].map(|number| URL_SAFE_NO_PAD.encode(number));
        // RFC 7638: the digest of the required members, in lexical order and without spaces.
        let thumbprint = Sha256::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        let public = RsaKey {
            kty: "RSA".to_owned(),
            n,
            e,
            kid: URL_SAFE_NO_PAD.encode(thumbprint),
            alg: "RS256".to_owned(),
            purpose: "sig".to_owned(),
        };
        Self { key, public }
    }

    /// A signed token: RFC 7515, section 7.1. Signing is blinded by random numbers, which hides from whoever measures
    /// time what is calculated with the key; the token does not depend on them.
    pub(crate) fn sign(&self, claims: &Claims<'_>) -> Result<String, SigningError> {
        let header = serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": self.public.kid });
        let exp = claims.iat.saturating_add(LIFETIME_SECONDS);
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&Payload { iss: ISSUER, exp, claims })?, &mut token);
        let signature = self.key.pkcs1v15_sign::<Sha256>(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// What others need to verify the tokens.
    pub(crate) fn key(&self) -> Key {
        Key::Rsa(self.public.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::library_key;
    use super::*;

    fn decode(part: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_token_says_what_older_clients_read_and_verifies() {
        let issuer = LibraryIssuer::new(library_key::generate().unwrap());
        let claims = Claims { sub: "9,ana@example.org", uid: "u", sid: "s", roles: "READER", iat: 1_000 };
        let token = issuer.sign(&claims).unwrap();
        assert_eq!(issuer.sign(&claims).unwrap(), token);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        assert_eq!(decode(header)["alg"], "RS256");
        assert_eq!(
            decode(payload),
            json!({
                "iss": "example.io", "iat": 1_000, "exp": 37_000, "sub": "9,ana@example.org", "roles": "READER",
                "uid": "u", "sid": "s",
            })
        );
        let (public, signature) = (issuer.key.to_public_key(), URL_SAFE_NO_PAD.decode(signature).unwrap());
        public.pkcs1v15_verify::<Sha256>(signed.as_bytes(), &signature).unwrap();
        assert!(public.pkcs1v15_verify::<Sha256>(b"another text", &signature).is_err());
    }
}
