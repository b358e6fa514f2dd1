//! What is remembered of a transaction that happens at most once.

use bytes::Bytes;

use crate::{Error, Once, Remembered, Rows};

/// How many bytes of rows, and of an answer, are remembered.
pub(crate) const REMEMBERED_BYTES: usize = 64 * 1024;
const KEY_BYTES: usize = 255;

impl Once {
    /// Refuses a record over its limits.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::Invalid`] for a NUL character.
    pub fn check(&self) -> Result<(), Error> {
        if self.key.len() > KEY_BYTES {
            return Err(Error::TooLarge(format!("the once key is over {KEY_BYTES} bytes")));
        }
        if self.scope.len() + self.fingerprint.len() > 4 * 1024 {
            return Err(Error::TooLarge("the once scope or fingerprint is over 4 KiB".into()));
        }
        if self.answer.len() > REMEMBERED_BYTES {
            return Err(Error::TooLarge("the answer to remember is over 64 KiB".into()));
        }
        if [&self.scope, &self.key, &self.fingerprint].iter().any(|text| text.contains('\0')) {
            return Err(Error::Invalid("a once record with a NUL character".into()));
        }
        Ok(())
    }

    /// When the key is forgotten, in microseconds since the Unix epoch; never if `None`.
    pub fn expires(&self, now: i64) -> Option<i64> {
        if self.keep_seconds == 0 {
            return None;
        }
        let micros = i64::try_from(self.keep_seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        Some(now.saturating_add(micros))
    }
}

/// The stored form of the rows; empty when they are too large to remember.
pub(crate) fn encode_rows(rows: &[Rows]) -> Vec<u8> {
    match postcard::to_stdvec(rows) {
        Ok(encoded) if encoded.len() <= REMEMBERED_BYTES => encoded,
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A record as it was found.
pub(crate) struct Found {
    pub(crate) fingerprint: String,
    pub(crate) answer: Vec<u8>,
    pub(crate) rows: Vec<u8>,
}

impl Found {
    /// Gives it back to a caller that shows the same fingerprint.
    pub(crate) fn open(self, fingerprint: &str) -> Result<Remembered, Error> {
        if self.fingerprint != fingerprint {
            return Err(Error::KeyReused);
        }
        let rows = if self.rows.is_empty() {
            Vec::new()
        } else {
            postcard::from_bytes(&self.rows)
                .map_err(|error| Error::Unavailable(format!("the remembered rows can't be read: {error}")))?
        };
        Ok(Remembered { rows, answer: Bytes::from(self.answer) })
    }
}
