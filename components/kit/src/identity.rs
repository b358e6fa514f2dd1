//! The `Lyceum-Identity` header: who calls, signed for one destination.
//!
//! `v1.<payload>.<mac>.<seal>`: the payload is base64url JSON, the mac is
//! HMAC-SHA256 of `v1.<payload>` under the receiving component's own key, so a
//! component can verify only what was meant for it. The seal is the mesh's own.
//! The issuer, and nobody else, may originate one: `v1.<payload>.<mac>`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{clock, settings};

/// The name of the header.
pub const HEADER: &str = "lyceum-identity";
/// How long an identity holds, in seconds.
pub const LIFETIME_SECONDS: u64 = 60;
const SIZE_LIMIT: usize = 8 * 1024;

/// What an identity says.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The user id; nothing when nobody is signed in.
    // `deserialize_with` makes an absent member an error.
    #[serde(rename = "sub", deserialize_with = "Option::deserialize")]
    pub subject: Option<String>,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// What the token is limited to.
    pub scopes: Vec<String>,
    /// The session.
    #[serde(rename = "sid", deserialize_with = "Option::deserialize")]
    pub session_id: Option<String>,
    /// The calling component.
    #[serde(rename = "cmp")]
    pub component: String,
    /// The component that this is meant for.
    #[serde(rename = "aud")]
    pub audience: String,
    /// When it ends, in seconds since the Unix epoch.
    #[serde(rename = "exp")]
    pub expires_at: u64,
}

/// Why an identity isn't believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Not of the form described above.
    #[error("the identity is malformed")]
    Malformed,
    /// Not signed with this component's key.
    #[error("the identity is not signed for this component")]
    Forged,
    /// Meant for another component.
    #[error("the identity is meant for another component")]
    Audience,
    /// Past its end.
    #[error("the identity has expired")]
    Expired,
}

/// Verifies a header with this component's `key` and id at `now` (Unix seconds).
pub fn verify(header: &str, key: &[u8; 32], audience: &str, now: u64) -> Result<Claims, IdentityError> {
    if header.len() > SIZE_LIMIT {
        return Err(IdentityError::Malformed);
    }
    let parts: Vec<&str> = header.split('.').collect();
    let ["v1", payload, mac, seal] = parts.as_slice() else {
        return Err(IdentityError::Malformed);
    };
    let mac = BASE64.decode(mac).map_err(|_| IdentityError::Malformed)?;
    BASE64.decode(seal).map_err(|_| IdentityError::Malformed)?;
    mac_of(key, payload)?.verify_slice(&mac).map_err(|_| IdentityError::Forged)?;
    let payload = BASE64.decode(payload).map_err(|_| IdentityError::Malformed)?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| IdentityError::Malformed)?;
    if claims.audience != audience {
        return Err(IdentityError::Audience);
    }
    if claims.expires_at <= now {
        return Err(IdentityError::Expired);
    }
    Ok(claims)
}

/// Originates an identity: the value of [`HEADER`] for an outgoing call of the
/// issuer. The component, the audience and the end are filled in; the mesh signs
/// it anew for its destination.
///
/// Fails when this component was given no key.
pub fn issue(claims: Claims) -> Result<String, settings::SettingsError> {
    let component = settings::get()?.component.clone();
    sign_for_itself(Claims { component, ..claims })
}

/// Signs an identity that this component itself would believe, but for the seal, whoever the caller is.
pub(crate) fn sign_for_itself(claims: Claims) -> Result<String, settings::SettingsError> {
    let settings = settings::get()?;
    let now = u64::try_from(clock::now().as_seconds()).unwrap_or(0);
    let claims =
        Claims { audience: settings.component.clone(), expires_at: now + LIFETIME_SECONDS, ..claims };
    sign(&claims, &settings.identity_key)
        .map_err(|_| settings::SettingsError::Unusable("lyceum.identity-key"))
}

/// `v1.<payload>.<mac>`
fn sign(claims: &Claims, key: &[u8; 32]) -> Result<String, IdentityError> {
    let payload = BASE64.encode(serde_json::to_vec(claims).map_err(|_| IdentityError::Malformed)?);
    let mac = BASE64.encode(mac_of(key, &payload)?.finalize().into_bytes());
    Ok(format!("v1.{payload}.{mac}"))
}

fn mac_of(key: &[u8; 32], payload: &str) -> Result<Hmac<Sha256>, IdentityError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| IdentityError::Malformed)?;
    mac.update(b"v1.");
    mac.update(payload.as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn claims() -> Claims {
        Claims {
            subject: Some("u1".into()),
            roles: vec!["admin".into()],
            component: "gateway".into(),
            audience: "users".into(),
            expires_at: 1_000,
            ..Claims::default()
        }
    }

    fn header() -> String {
        format!("{}.c2VhbA", sign(&claims(), &KEY).unwrap())
    }

    #[test]
    fn an_identity_for_this_component_is_believed() {
        assert_eq!(verify(&header(), &KEY, "users", 999), Ok(claims()));
    }

    #[test]
    fn any_other_is_refused() {
        assert_eq!(verify(&header(), &[8; 32], "users", 999), Err(IdentityError::Forged));
        assert_eq!(verify(&header(), &KEY, "auth", 999), Err(IdentityError::Audience));
        assert_eq!(verify(&header(), &KEY, "users", 1_000), Err(IdentityError::Expired));
        let unsealed = sign(&claims(), &KEY).unwrap();
        assert_eq!(verify(&unsealed, &KEY, "users", 999), Err(IdentityError::Malformed));
        assert_eq!(verify("v2.a.b.c", &KEY, "users", 999), Err(IdentityError::Malformed));
        assert_eq!(verify(&"x".repeat(9_000), &KEY, "users", 999), Err(IdentityError::Malformed));
    }

    #[derive(Deserialize)]
    struct Vectors {
        now: u64,
        component: String,
        keys: std::collections::BTreeMap<String, String>,
        valid: Vec<Vector>,
        invalid: Vec<Vector>,
        issued: Vector,
    }

    #[derive(Deserialize)]
    struct Vector {
        #[serde(default)]
        name: String,
        #[serde(default)]
        component: String,
        header: String,
        claims: Option<Claims>,
    }

    /// The mesh, which signs, is tested against the same file.
    #[test]
    fn the_meshs_vectors_hold() {
        let text = include_str!("../../../host/mesh/tests/identity-vectors.json");
        let vectors: Vectors = serde_json::from_str(text).unwrap();
        let key = |component: &str| -> [u8; 32] {
            BASE64.decode(&vectors.keys[component]).unwrap().try_into().unwrap()
        };
        let judge = |header: &str| verify(header, &key(&vectors.component), &vectors.component, vectors.now);
        assert!(!vectors.valid.is_empty() && !vectors.invalid.is_empty());
        for vector in &vectors.valid {
            assert_eq!(judge(&vector.header).ok(), vector.claims, "{}", vector.name);
        }
        for vector in &vectors.invalid {
            assert!(judge(&vector.header).is_err(), "{}", vector.name);
        }
        let issued = &vectors.issued;
        assert_eq!(sign(issued.claims.as_ref().unwrap(), &key(&issued.component)).unwrap(), issued.header);
    }

    #[test]
    fn no_changed_character_of_payload_or_mac_is_believed() {
        let header = header();
        let end = header.rfind('.').unwrap();
        for position in 3..end {
            let mut bytes = header.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, &KEY, "users", 999).is_err(), "{changed}");
        }
    }
}
