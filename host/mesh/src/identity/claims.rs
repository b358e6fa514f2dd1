//! What an identity says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize};

use super::IdentityError;

/// The payload of an identity. On the wire each member is present, in this order, and no other is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The user's id; `None` for an anonymous caller.
    #[serde(rename = "sub", deserialize_with = "present")]
    pub subject: Option<String>,
    /// The user's roles.
    pub roles: Vec<String>,
    /// What the access token was limited to.
    pub scopes: Vec<String>,
    /// The user's session.
    #[serde(rename = "sid", deserialize_with = "present")]
    pub session: Option<String>,
    /// The component that makes the call.
    #[serde(rename = "cmp")]
    pub calling_component: String,
    /// The component that the identity is for.
    #[serde(rename = "aud")]
    pub audience: String,
    /// When it ends, in seconds since 1970-01-01T00:00:00Z; in that second it is over.
    #[serde(rename = "exp")]
    pub expires: u64,
}

impl Claims {
    /// A caller nobody has authenticated.
    pub fn anonymous(calling_component: &str, audience: &str, expires: u64) -> Self {
        Self {
            subject: None,
            roles: Vec::new(),
            scopes: Vec::new(),
            session: None,
            calling_component: calling_component.to_owned(),
            audience: audience.to_owned(),
            expires,
        }
    }

    pub(super) fn decode(payload: &str) -> Result<Self, IdentityError> {
        let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| IdentityError::Malformed)?;
        serde_json::from_slice(&json).map_err(|_| IdentityError::Malformed)
    }

    pub(super) fn encode(&self) -> Result<String, IdentityError> {
        // Strings, lists and a number always have a JSON form.
        let json = serde_json::to_vec(self).map_err(|_| IdentityError::Malformed)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }
}

/// Without this, serde takes a missing member for `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}
