//! The one secret of an application, from which every component's keys come.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;

use super::Keyring;
use super::keyring::expand;

/// 32 random bytes that all hosts of an application share, and no component has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RootSecret([u8; 32]);

/// Why a text is no root secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// RFC 4648, section 5, without padding.
    #[error("it is not base64url without padding")]
    Encoding,
    /// It has another length.
    #[error("it has {0} bytes instead of 32")]
    Length(usize),
}

impl RootSecret {
    /// These bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As text, base64url without padding, which [`FromStr`] reads.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The keys of the identities that components pass to each other.
    pub fn keyring(&self) -> Keyring {
        Keyring::new(self.0)
    }

    /// The entry of a component's configuration that is the same for all versions of it: what one of them has signed or
    /// encrypted, the others have to read.
    pub const SHARED_BY_VERSIONS: &str = "lyceum.secret";

    /// What the component `id` is told of itself, as entries of its configuration: its id, the key that identities for it
    /// are signed with, and a secret of its own. None of it is of use to another component.
    pub fn configuration(&self, id: &str) -> [(&'static str, String); 3] {
        let own = expand(&Hkdf::<Sha256>::new(None, &self.0), &[b"lyceum/component/", id.as_bytes()]);
        [
            ("lyceum.component", id.to_owned()),
            ("lyceum.identity-key", URL_SAFE_NO_PAD.encode(self.keyring().component_key(id))),
            (Self::SHARED_BY_VERSIONS, URL_SAFE_NO_PAD.encode(own)),
        ]
    }
}

impl FromStr for RootSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| InvalidSecret::Encoding)?;
        let length = bytes.len();
        bytes.try_into().map(Self).map_err(|_| InvalidSecret::Length(length))
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RootSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_is_written() {
        let secret = RootSecret::new(*b"lyceum-test-lyceum-test-lyceum-t");
        assert_eq!(secret.reveal(), "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ");
        assert_eq!(format!("{}\n", secret.reveal()).parse(), Ok(secret));
        assert_eq!("short".parse::<RootSecret>(), Err(InvalidSecret::Encoding));
        assert_eq!("c2hvcnQ".parse::<RootSecret>(), Err(InvalidSecret::Length(5)));
    }

    #[test]
    fn components_have_nothing_in_common() {
        let secret = RootSecret::new([7; 32]);
        let (one, other) = (secret.configuration("auth"), secret.configuration("users"));
        assert_eq!(one, secret.configuration("auth"));
        assert!(one.iter().zip(&other).all(|(one, other)| one.0 == other.0 && one.1 != other.1));
    }
}
