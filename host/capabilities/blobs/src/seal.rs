//! How an object is stored: its bytes, then the seal, which is their SHA-256 and a mark.
//!
//! The digest is known only when the last byte has come, after S3 has been told everything that it keeps beside an
//! object; and two objects are never written at once. Behind the bytes, the seal comes and goes with them, in every
//! store alike, and an object that lost its end has none.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::Error;

/// Ends every object; the digit is the version of the format.
const MARK: [u8; 8] = *b"LYCEUM1\n";
/// A SHA-256 and the mark, in bytes.
const LENGTH: u64 = 40;

/// Computes the seal of what is written.
#[derive(Default)]
pub(crate) struct Sealing(Sha256);

impl Sealing {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn seal(self) -> Bytes {
        [self.0.finalize().as_slice(), &MARK].concat().into()
    }
}

/// How many bytes an object has without its seal.
pub(crate) fn content(stored: u64) -> Result<u64, Error> {
    stored.checked_sub(LENGTH).ok_or_else(|| Error::Damaged("it has no seal".to_owned()))
}

/// Up to where to read for the seal too.
pub(crate) fn with_seal(end: u64) -> u64 {
    end.saturating_add(LENGTH)
}

/// Checks what is read from the beginning on.
pub(crate) struct Unsealing {
    sealing: Sealing,
    /// Bytes that are still to come before the seal.
    left: u64,
    seal: Vec<u8>,
}

impl Unsealing {
    /// For an object of so many bytes without its seal.
    pub(crate) fn new(content: u64) -> Self {
        Self { sealing: Sealing::default(), left: content, seal: Vec::new() }
    }

    /// Takes what comes next and returns what of it belongs to the object.
    pub(crate) fn take(&mut self, mut bytes: Bytes) -> Bytes {
        let length = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let content = bytes.split_to(length);
        self.left -= content.len() as u64;
        self.sealing.add(&content);
        self.seal.extend_from_slice(&bytes);
        content
    }

    /// Nothing comes any more.
    pub(crate) fn check(self) -> Result<(), Error> {
        if self.seal.len() as u64 != LENGTH || !self.seal.ends_with(&MARK) {
            return Err(Error::Damaged("it has no seal".to_owned()));
        }
        if self.seal != self.sealing.seal() {
            return Err(Error::Damaged("it has another SHA-256 than when it was written".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut sealing = Sealing::default();
        sealing.add(content);
        [content, &sealing.seal()].concat()
    }

    fn unsealed(stored: &[u8], chunk: usize) -> Result<Vec<u8>, Error> {
        let mut unsealing = Unsealing::new(content(stored.len() as u64)?);
        let content =
            stored.chunks(chunk).flat_map(|bytes| unsealing.take(Bytes::copy_from_slice(bytes))).collect();
        unsealing.check().map(|()| content)
    }

    #[test]
    fn what_was_sealed_comes_back_in_any_pieces() {
        for content in [&b""[..], b"x", &[7; 100]] {
            for chunk in [1, 3, 39, 40, 41, 1000] {
                assert_eq!(unsealed(&sealed(content), chunk).unwrap(), content);
            }
        }
    }

    #[test]
    fn no_bit_can_change_and_no_byte_be_lost() {
        let stored = sealed(b"some text");
        for at in 0..stored.len() {
            let mut changed = stored.clone();
            changed[at] ^= 1;
            assert!(matches!(unsealed(&changed, 7), Err(Error::Damaged(_))), "byte {at}");
            assert!(matches!(unsealed(&stored[..at], 7), Err(Error::Damaged(_))), "cut at {at}");
        }
    }
}
