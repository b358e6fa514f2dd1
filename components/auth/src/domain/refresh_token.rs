//! Refresh tokens: opaque, used once, stored only as a digest (RFC 9700, section 4.14).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Bytes in a token: 256 bits can't be guessed, so a plain digest is enough to store.
pub(crate) const TOKEN_BYTES: usize = 32;

/// A refresh token as its owner holds it. It never shows in a log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken([u8; TOKEN_BYTES]);

impl RefreshToken {
    /// From bytes that nobody can guess.
    pub(crate) fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// From what a client sent; `None` when it can't be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// What the client is given: base64url without padding.
    pub(crate) fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored: base64url of the SHA-256.
    pub(crate) fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RefreshToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_text() {
        let token = RefreshToken::from_bytes([7; TOKEN_BYTES]);
        assert_eq!(RefreshToken::parse(&token.expose()), Some(token));
    }

    #[test]
    fn other_texts_are_not_tokens() {
        let text = RefreshToken::from_bytes([7; TOKEN_BYTES]).expose();
        for wrong in ["", "abc", &text[1..], &format!("{text}="), &format!("{text}AA")] {
            assert_eq!(RefreshToken::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_stored_form_does_not_give_the_token_away() {
        let token = RefreshToken::from_bytes([7; TOKEN_BYTES]);
        assert_ne!(token.digest(), token.expose());
        assert!(!format!("{token:?}").contains(&token.expose()));
    }
}
