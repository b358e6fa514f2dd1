//! Access tokens: JWTs (RFC 9068) signed with Ed25519 (RFC 8037), read by the
//! rules of RFC 8725: one algorithm, one type, one issuer, one audience, and no
//! claim is looked at before the signature is right.
//!
//! Those of the older library's clients are of another kind, signed with another kind of key;
//! where they count is up to the caller.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::Signature;
use rsa::sha2::Sha256;
use serde::Deserialize;

use super::{key_set::PublicKey, refusal::Refusal};

const ALGORITHM: &str = "EdDSA";
const LIBRARY_ALGORITHM: &str = "RS256";
const LIBRARY_TYPE: &str = "JWT";
const LIBRARY_ISSUER: &str = "example.io";
/// As the older library had it. In seconds, as the next one.
const LIBRARY_LEEWAY: i64 = 60;
const LIBRARY_LONGEST_LIFETIME: i64 = 10 * 60 * 60;
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
    signature: Vec<u8>,
    kind: Kind,
}

/// Whose tokens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Kind {
    /// This system's own.
    #[default]
    Own,
    /// Those of the older library's clients.
    Library,
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

/// What the older library's clients find in theirs, and two claims that they don't know.
#[derive(Deserialize)]
struct LibraryPayload {
    iss: String,
    uid: String,
    sid: String,
    /// In capitals, separated by spaces.
    roles: String,
    exp: i64,
    iat: i64,
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
    pub(super) kind: Kind,
}

impl<'text> Token<'text> {
    /// Takes a compact serialisation (RFC 7515, 7.1) apart.
    pub(super) fn parse(text: &'text str) -> Result<Self, Refusal> {
        let (signed, signature) = text.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let header: Header = json(header)?;
        let (kind, typed) = match header.alg.as_str() {
            ALGORITHM => (Kind::Own, TYPES.iter().any(|name| header.typ.eq_ignore_ascii_case(name))),
            LIBRARY_ALGORITHM => (Kind::Library, header.typ == LIBRARY_TYPE),
            _ => return Err(Refusal::Algorithm),
        };
        if header.crit.is_some() {
            return Err(Refusal::Algorithm);
        }
        if !typed {
            return Err(Refusal::Malformed);
        }
        let signature = BASE64.decode(signature).map_err(|_| Refusal::Malformed)?;
        Ok(Self { header, signed, payload, signature, kind })
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// Which key it claims to be signed with.
    pub(super) fn key_id(&self) -> &str {
        &self.header.kid
    }

    /// What it says, if it is signed with this key, from here, for here, and
    /// valid at `now`.
    pub(super) fn verify(&self, key: &PublicKey, now: i64) -> Result<TokenClaims, Refusal> {
        let signed = self.signed.as_bytes();
        let claims = match (self.kind, key) {
            (Kind::Own, PublicKey::Ed25519(key)) => {
                let signature = Signature::from_slice(&self.signature).map_err(|_| Refusal::Malformed)?;
                key.verify_strict(signed, &signature).map_err(|_| Refusal::Forged)?;
                own(json(self.payload)?)?
            }
            (Kind::Library, PublicKey::Rsa(key)) => {
                key.pkcs1v15_verify::<Sha256>(signed, &self.signature).map_err(|_| Refusal::Forged)?;
                library(json(self.payload)?)?
            }
            // What the token says of its algorithm is not what its key is for.
            _ => return Err(Refusal::Algorithm),
        };
        if claims.subject.is_empty() || claims.session_id.is_empty() {
            return Err(Refusal::Malformed);
        }
        claims.check_time(now)?;
        Ok(claims)
    }
}

fn own(payload: Payload) -> Result<TokenClaims, Refusal> {
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
    Ok(TokenClaims {
        subject: payload.sub,
        session_id: payload.sid,
        roles: payload.roles,
        scopes: payload.scope.split_ascii_whitespace().map(ToOwned::to_owned).collect(),
        expires_at: payload.exp,
        valid_from: payload.nbf.map_or(payload.iat, |nbf| nbf.max(payload.iat)),
        kind: Kind::Own,
    })
}

fn library(payload: LibraryPayload) -> Result<TokenClaims, Refusal> {
    if payload.iss != LIBRARY_ISSUER {
        return Err(Refusal::Issuer);
    }
    if payload.exp.saturating_sub(payload.iat) > LIBRARY_LONGEST_LIFETIME {
        return Err(Refusal::Lifetime);
    }
    Ok(TokenClaims {
        subject: payload.uid,
        session_id: payload.sid,
        roles: payload.roles.split_ascii_whitespace().map(str::to_ascii_lowercase).collect(),
        scopes: Vec::new(),
        expires_at: payload.exp,
        valid_from: payload.iat,
        kind: Kind::Library,
    })
}

impl TokenClaims {
    /// Whether the token is valid at `now`.
    pub(super) fn check_time(&self, now: i64) -> Result<(), Refusal> {
        let leeway = match self.kind {
            Kind::Own => LEEWAY,
            Kind::Library => LIBRARY_LEEWAY,
        };
        if now >= self.expires_at.saturating_add(leeway) {
            return Err(Refusal::Expired);
        }
        if now < self.valid_from.saturating_sub(leeway) {
            return Err(Refusal::NotYetValid);
        }
        Ok(())
    }
}

fn json<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refusal> {
    let bytes = BASE64.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
