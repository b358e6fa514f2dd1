//! Access tokens: JWTs (RFC 9068) signed with Ed25519 (RFC 8037), read by the
//! rules of RFC 8725: one algorithm, one type, one issuer, one audience, and no
//! claim is looked at before the signature is right.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

use super::refusal::Refusal;

const ALGORITHM: &str = "EdDSA";
const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];
const ISSUER: &str = "lyceum-auth";
const AUDIENCE: &str = "lyceum";
/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 10;
/// An ended session is remembered for 20 minutes, so a token that lives longer
/// could outlive that memory. In seconds.
const LONGEST_LIFETIME: i64 = 19 * 60;

/// A token that was taken apart; nothing in it is believed yet.
pub(super) struct Token<'text> {
    header: Header,
    /// What the signature is for: header and payload as they were sent.
    signed: &'text str,
    payload: &'text str,
    signature: Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
    /// Extensions that must be understood (RFC 7515, 4.1.11): none is.
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    aud: Audience,
    sub: String,
    sid: String,
    roles: Vec<String>,
    /// Separated by spaces (RFC 9068, 2.2.3).
    #[serde(default)]
    scope: String,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
}

/// RFC 7519, 4.1.3.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a good token says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct TokenClaims {
    pub(super) subject: String,
    pub(super) session_id: String,
    pub(super) roles: Vec<String>,
    pub(super) scopes: Vec<String>,
    /// In seconds since the Unix epoch, as all times here.
    pub(super) expires_at: i64,
    pub(super) valid_from: i64,
}

impl<'text> Token<'text> {
    /// Takes a compact serialisation (RFC 7515, 7.1) apart.
    pub(super) fn parse(text: &'text str) -> Result<Self, Refusal> {
        let (signed, signature) = text.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let header: Header = json(header)?;
        if header.alg != ALGORITHM || header.crit.is_some() {
            return Err(Refusal::Algorithm);
        }
        if !TYPES.iter().any(|name| header.typ.eq_ignore_ascii_case(name)) {
            return Err(Refusal::Malformed);
        }
        let signature = BASE64.decode(signature).map_err(|_| Refusal::Malformed)?;
        let signature = Signature::from_slice(&signature).map_err(|_| Refusal::Malformed)?;
        Ok(Self { header, signed, payload, signature })
    }

    /// Which key it claims to be signed with.
    pub(super) fn key_id(&self) -> &str {
        &self.header.kid
    }

    /// What it says, if it is signed with this key, from here, for here, and
    /// valid at `now`.
    pub(super) fn verify(&self, key: &VerifyingKey, now: i64) -> Result<TokenClaims, Refusal> {
        key.verify_strict(self.signed.as_bytes(), &self.signature).map_err(|_| Refusal::Forged)?;
        let payload: Payload = json(self.payload)?;
        if payload.iss != ISSUER {
            return Err(Refusal::Issuer);
        }
        let for_us = match &payload.aud {
            Audience::One(audience) => audience == AUDIENCE,
            Audience::Several(audiences) => audiences.iter().any(|audience| audience == AUDIENCE),
        };
        if !for_us {
            return Err(Refusal::Audience);
        }
        if payload.exp.saturating_sub(payload.iat) > LONGEST_LIFETIME {
            return Err(Refusal::Lifetime);
        }
        if payload.sub.is_empty() || payload.sid.is_empty() {
            return Err(Refusal::Malformed);
        }
        let claims = TokenClaims {
            subject: payload.sub,
            session_id: payload.sid,
            roles: payload.roles,
            scopes: payload.scope.split_ascii_whitespace().map(ToOwned::to_owned).collect(),
            expires_at: payload.exp,
            valid_from: payload.nbf.map_or(payload.iat, |nbf| nbf.max(payload.iat)),
        };
        claims.check_time(now)?;
        Ok(claims)
    }
}

impl TokenClaims {
    /// Whether the token is valid at `now`.
    pub(super) fn check_time(&self, now: i64) -> Result<(), Refusal> {
        if now >= self.expires_at.saturating_add(LEEWAY) {
            return Err(Refusal::Expired);
        }
        if now < self.valid_from.saturating_sub(LEEWAY) {
            return Err(Refusal::NotYetValid);
        }
        Ok(())
    }
}

fn json<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refusal> {
    let bytes = BASE64.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
