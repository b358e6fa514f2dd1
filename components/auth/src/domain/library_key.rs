//! The RSA key that the older library's tokens are signed with. It is made once, and kept sealed by ChaCha20-Poly1305
//! (RFC 8439) under a key that follows from auth's secret: who has a copy of the database alone can't sign anything.

use chacha20poly1305::aead::{self, Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use getrandom::SysRng;
use rsa::PrivateKey;
use rsa::pkcs8::{self, DecodePrivateKey as _, EncodePrivateKey as _};

/// Bits of the key: RFC 7518, section 3.3, asks for this many at least.
const BITS: usize = 2_048;
/// Bytes of what makes two sealings differ: RFC 8439, section 2.8.
pub(crate) const NONCE_BYTES: usize = 12;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// It can't be made.
    #[error("the key for the older library's tokens can't be made: {0}")]
    Making(#[from] rsa::Error),
    /// It can't be written or read.
    #[error("the key for the older library's tokens can't be written or read: {0}")]
    Encoding(#[from] pkcs8::Error),
    /// It is sealed under another secret, or was changed.
    #[error("the key for the older library's tokens can't be sealed or opened")]
    Sealing(#[from] aead::Error),
}

/// A new one. That takes a second, and sometimes a few.
pub(crate) fn generate() -> Result<PrivateKey, KeyError> {
    Ok(PrivateKey::new(&mut SysRng, BITS)?)
}

/// What is kept of it: the nonce, which must be used this once, and the sealed key.
pub(crate) fn seal(
    key: &PrivateKey,
    secret: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
) -> Result<Vec<u8>, KeyError> {
    let plain = key.to_pkcs8_der()?;
    let sealed = cipher(secret).encrypt(&Nonce::from(nonce), plain.as_bytes())?;
    Ok([&nonce[..], &sealed].concat())
}

/// The key again.
pub(crate) fn open(kept: &[u8], secret: &[u8; 32]) -> Result<PrivateKey, KeyError> {
    let (nonce, sealed) = kept.split_first_chunk::<NONCE_BYTES>().ok_or(aead::Error)?;
    let plain = cipher(secret).decrypt(&Nonce::from(*nonce), sealed)?;
    Ok(PrivateKey::from_pkcs8_der(&plain)?)
}

fn cipher(secret: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(secret.into())
}

#[cfg(test)]
mod tests {
    use rsa::traits::PublicKeyParts as _;

    use super::*;

    #[test]
    fn a_key_has_2048_bits_and_is_opened_as_it_was_sealed() {
        let key = generate().unwrap();
        let modulus = key.n_bytes();
        assert_eq!((modulus.len(), modulus[0] >> 7, &key.e_bytes()[..]), (256, 1, &[1, 0, 1][..]));
        let kept = seal(&key, &[7; 32], [1; NONCE_BYTES]).unwrap();
        assert_eq!(open(&kept, &[7; 32]).unwrap(), key);
        let plain = key.to_pkcs8_der().unwrap();
        assert!(!kept.windows(16).any(|part| plain.as_bytes().windows(16).any(|bytes| bytes == part)));
    }

    #[test]
    fn a_key_that_was_changed_or_is_of_another_secret_is_not_opened() {
        let kept = seal(&generate().unwrap(), &[7; 32], [1; NONCE_BYTES]).unwrap();
        assert!(open(&kept, &[8; 32]).is_err());
        for changed in [0, 20, kept.len() - 1] {
            let mut kept = kept.clone();
            kept[changed] ^= 1;
            assert!(open(&kept, &[7; 32]).is_err(), "{changed}");
        }
        assert!(open(&kept[..11], &[7; 32]).is_err());
        assert!(open(&[], &[7; 32]).is_err());
    }
}
