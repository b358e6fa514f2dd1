//! How a value is stored: as JSON; or, if it is sensitive, sealed by ChaCha20-Poly1305 (RFC 8439) under a key that follows from
//! this service's secret. Who has a copy of the database alone reads no secret, and none fits another configuration.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chacha20poly1305::aead::{self, Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use lyceum_kit::{log, problem::Problem, random, settings};
use serde_json::Value as Json;

/// Begins what is sealed. No JSON begins so.
const SEALED: &str = "sealed/1 ";
const NONCE_BYTES: usize = 12;
const KEY: &str = "configuration-values/1";

/// Why a value can't be stored or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealingError {
    /// It is sealed under another secret or for another configuration, or was changed.
    #[error("a sealed value can't be opened")]
    Sealed(#[from] aead::Error),
    /// It isn't what was once stored.
    #[error("a stored value is no base64url: {0}")]
    Encoding(#[from] base64::DecodeError),
    /// It isn't what was once stored.
    #[error("a stored value is no JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<SealingError> for Problem {
    fn from(error: SealingError) -> Self {
        log::error(error.to_string());
        Self::internal()
    }
}

/// The text that is stored for a value of this configuration.
pub(crate) fn stored(id: i64, value: &Json, is_sensitive: bool) -> Result<String, Problem> {
    if !is_sensitive {
        return Ok(value.to_string());
    }
    Ok(sealed(id, value, &settings::derived_key(KEY)?, random::bytes()?)?)
}

/// The value again.
pub(crate) fn opened(id: i64, stored: &str) -> Result<Json, Problem> {
    let value = match stored.strip_prefix(SEALED) {
        None => serde_json::from_str(stored).map_err(SealingError::from),
        Some(sealed) => unsealed(id, sealed, &settings::derived_key(KEY)?),
    };
    Ok(value?)
}

/// The same as it is to be stored from now on.
pub(crate) fn restored(id: i64, stored: &str, is_sensitive: bool) -> Result<String, Problem> {
    if stored.starts_with(SEALED) == is_sensitive {
        return Ok(stored.to_owned());
    }
    self::stored(id, &opened(id, stored)?, is_sensitive)
}

fn sealed(id: i64, value: &Json, key: &[u8; 32], nonce: [u8; NONCE_BYTES]) -> Result<String, SealingError> {
    let text = value.to_string();
    let payload = Payload { msg: text.as_bytes(), aad: &id.to_be_bytes() };
    let sealed = ChaCha20Poly1305::new(key.into()).encrypt(&Nonce::from(nonce), payload)?;
    Ok(SEALED.to_owned() + &BASE64.encode([&nonce[..], &sealed].concat()))
}

fn unsealed(id: i64, sealed: &str, key: &[u8; 32]) -> Result<Json, SealingError> {
    let bytes = BASE64.decode(sealed)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(aead::Error)?;
    let payload = Payload { msg: sealed, aad: &id.to_be_bytes() };
    let plain = ChaCha20Poly1305::new(key.into()).decrypt(&Nonce::from(*nonce), payload)?;
    Ok(serde_json::from_slice(&plain)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sealed_value_shows_nothing_and_is_opened_by_its_key_for_its_configuration_alone() {
        let value = json!({ "password": "hunter2" });
        let text = sealed(7, &value, &[1; 32], [2; NONCE_BYTES]).unwrap();
        assert!(!text.contains("hunter2") && text.starts_with(SEALED));
        let rest = text.strip_prefix(SEALED).unwrap();
        assert_eq!(unsealed(7, rest, &[1; 32]).unwrap(), value);
        assert!(unsealed(8, rest, &[1; 32]).is_err());
        assert!(unsealed(7, rest, &[2; 32]).is_err());
        for wrong in ["", "AAAA", "!"] {
            assert!(unsealed(7, wrong, &[1; 32]).is_err());
        }
    }
}
