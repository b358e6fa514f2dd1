//! The two written forms of an identity.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{IdentityError, LONGEST_HEADER};

const VERSION: &str = "v1";

/// A header taken apart; nothing in it is verified yet.
#[derive(Debug)]
pub(super) struct Header<'a> {
    /// `v1.<payload>`: what the signatures are over.
    signed: &'a str,
    pub(super) payload: &'a str,
    mac: &'a str,
    /// Absent in the form that an issuer makes.
    seal: Option<&'a str>,
}

impl<'a> Header<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, IdentityError> {
        if text.len() > LONGEST_HEADER {
            return Err(IdentityError::TooLong);
        }
        let mut parts = text.split('.');
        let (Some(VERSION), Some(payload), Some(mac), seal, None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdentityError::Malformed);
        };
        let signed = text.get(..VERSION.len() + 1 + payload.len()).ok_or(IdentityError::Malformed)?;
        Ok(Self { signed, payload, mac, seal })
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// Checks the mac, in constant time.
    pub(super) fn verify_mac(&self, key: &[u8; 32]) -> Result<(), IdentityError> {
        verify(key, self.signed, self.mac)
    }

    /// Checks the seal, in constant time. A header without one is not sealed.
    pub(super) fn verify_seal(&self, key: &[u8; 32]) -> Result<(), IdentityError> {
        verify(key, self.signed, self.seal.ok_or(IdentityError::Signature)?)
    }
}

/// Writes the form that an issuer makes.
pub(super) fn signed(payload: &str, mac_key: &[u8; 32]) -> Result<String, IdentityError> {
    let mut text = format!("{VERSION}.{payload}");
    let mac = sign(mac_key, &text)?;
    push(&mut text, &mac);
    bounded(text)
}

/// Writes the form that the mesh makes.
pub(super) fn sealed(
    payload: &str,
    mac_key: &[u8; 32],
    seal_key: &[u8; 32],
) -> Result<String, IdentityError> {
    let mut text = format!("{VERSION}.{payload}");
    let mac = sign(mac_key, &text)?;
    let seal = sign(seal_key, &text)?;
    push(&mut text, &mac);
    push(&mut text, &seal);
    bounded(text)
}

fn push(text: &mut String, signature: &[u8]) {
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, text);
}

/// What is made must also be accepted at its destination.
fn bounded(text: String) -> Result<String, IdentityError> {
    if text.len() > LONGEST_HEADER { Err(IdentityError::TooLong) } else { Ok(text) }
}

fn hmac(key: &[u8; 32], text: &str) -> Result<Hmac<Sha256>, IdentityError> {
    // HMAC takes a key of any length, so this never fails.
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| IdentityError::Signature)?;
    hmac.update(text.as_bytes());
    Ok(hmac)
}

fn sign(key: &[u8; 32], text: &str) -> Result<[u8; 32], IdentityError> {
    Ok(hmac(key, text)?.finalize().into_bytes().into())
}

fn verify(key: &[u8; 32], text: &str, signature: &str) -> Result<(), IdentityError> {
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdentityError::Malformed)?;
    hmac(key, text)?.verify_slice(&signature).map_err(|_| IdentityError::Signature)
}
