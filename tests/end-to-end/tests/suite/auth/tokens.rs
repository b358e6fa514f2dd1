//! Access tokens that were not issued, or not as they stand.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// A token taken apart.
pub(crate) struct Parts {
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Parts {
    pub(crate) fn of(token: &str) -> Result<Self> {
        let mut parts = token.split('.');
        let mut next = || -> Result<Value> {
            Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().context("three parts")?)?)?)
        };
        Ok(Self { header: next()?, claims: next()? })
    }

    pub(crate) fn with_claim(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    pub(crate) fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    fn signed_part(&self) -> String {
        format!("{}.{}", encode(&self.header), encode(&self.claims))
    }

    pub(crate) fn signed_by(&self, key: &SigningKey) -> String {
        let signed = self.signed_part();
        let signature = key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn unsigned(&self) -> String {
        format!("{}.", self.signed_part())
    }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A key that nobody trusts.
pub(crate) fn another_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The key that a deployment of ours signs with, derived from its root secret as the product does.
pub(crate) fn issuers_key(root_secret: &str) -> Result<SigningKey> {
    let root = URL_SAFE_NO_PAD.decode(root_secret.trim())?;
    let mut secret = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, &root)
        .expand_multi_info(&[b"lyceum/component/", b"auth"], &mut secret)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut seed = Hmac::<Sha256>::new_from_slice(&secret)?;
    seed.update(b"access-token-signing/1");
    Ok(SigningKey::from_bytes(&seed.finalize().into_bytes().into()))
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// Tokens that must be refused, each with why.
pub(crate) fn bad(good: &str, issuer: Option<&SigningKey>) -> Result<Vec<(&'static str, String)>> {
    let parts = || Parts::of(good);
    let admin = || -> Result<Parts> { Ok(parts()?.with_claim("roles", json!(["admin"]))) };
    let (head, signature) = good.rsplit_once('.').context("a JWT")?;
    let signed = |parts: Parts| parts.signed_by(&another_key());
    let mut bad = vec![
        ("signed by somebody else", signed(parts()?)),
        ("more roles, signed by somebody else", signed(admin()?)),
        ("more roles under the old signature", format!("{}.{signature}", admin()?.signed_part())),
        ("no signature", format!("{head}.")),
        ("two parts", head.to_owned()),
        ("alg none", parts()?.with_header("alg", json!("none")).unsigned()),
        ("alg None", admin()?.with_header("alg", json!("None")).unsigned()),
        ("another kind of signature", signed(admin()?.with_header("alg", json!("HS256")))),
        ("a key of its own", signed(admin()?.with_header("jwk", own_key()))),
        ("a key from elsewhere", signed(admin()?.with_header("jku", json!("http://127.0.0.1:1/keys")))),
        ("junk", "junk".to_owned()),
        ("dots", "...".to_owned()),
        ("long junk", "a".repeat(7_000)),
    ];
    if let Some(key) = issuer {
        let now = now()?;
        let signed = |parts: Parts| parts.signed_by(key);
        bad.extend([
            (
                "expired",
                signed(parts()?.with_claim("exp", json!(now - 120)).with_claim("iat", json!(now - 1_020))),
            ),
            ("no expiry", signed(parts()?.with_claim("exp", Value::Null))),
            ("wrong audience", signed(parts()?.with_claim("aud", json!("another-platform")))),
            ("wrong issuer", signed(parts()?.with_claim("iss", json!("another-issuer")))),
            ("another kind of token", signed(parts()?.with_header("typ", json!("JWT")))),
            ("alg none under the right key", signed(parts()?.with_header("alg", json!("none")))),
            ("an unknown critical header", signed(parts()?.with_header("crit", json!(["b64"])))),
            ("an unknown key id", signed(parts()?.with_header("kid", json!("unknown")))),
        ]);
    }
    Ok(bad)
}

fn own_key() -> Value {
    let public = URL_SAFE_NO_PAD.encode(another_key().verifying_key().as_bytes());
    json!({ "kty": "OKP", "crv": "Ed25519", "x": public })
}
