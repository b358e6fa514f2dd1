//! The keys, and the admission of an identity on its way from one component to the next.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use super::header::{self, Header};
use super::{Claims, IdentityError, LONGEST_LIFE_SECONDS};

/// Derives every key from one root secret. Only the host has it.
#[derive(Clone)]
pub struct Keyring {
    root: Hkdf<Sha256>,
    seal_key: [u8; 32],
}

impl Keyring {
    /// A keyring over a secret of 32 random bytes. Hosts that serve one application share it.
    pub fn new(root_secret: [u8; 32]) -> Self {
        let root = Hkdf::new(None, &root_secret);
        let seal_key = expand(&root, &[b"lyceum/identity-seal"]);
        Self { root, seal_key }
    }

    /// The key of one component, which it gets as configuration.
    pub fn component_key(&self, id: &str) -> [u8; 32] {
        expand(&self.root, &[b"lyceum/identity/", id.as_bytes()])
    }

    /// Turns what `caller` sent along into the header for `destination`.
    ///
    /// Without a header the call is anonymous. A header that the mesh sealed for `caller` is signed anew with
    /// `caller` as the calling component; its expiry is kept. A header that `caller` made itself is taken
    /// only if `caller_is_issuer`. Either way the result lives for at most [`LONGEST_LIFE_SECONDS`] from
    /// `now`, in seconds since 1970-01-01T00:00:00Z.
    pub fn admit(
        &self,
        header: Option<&str>,
        caller: &str,
        caller_is_issuer: bool,
        destination: &str,
        now: u64,
    ) -> Result<String, IdentityError> {
        self.admit_version(header, caller, caller, caller_is_issuer, destination, now)
    }

    /// The same for a caller that is a version of `component`: it has a key of its own, and is to others what its
    /// component is.
    pub fn admit_version(
        &self,
        header: Option<&str>,
        caller: &str,
        component: &str,
        caller_is_issuer: bool,
        destination: &str,
        now: u64,
    ) -> Result<String, IdentityError> {
        let latest = now.saturating_add(LONGEST_LIFE_SECONDS);
        let claims = match header {
            None => Claims::anonymous(component, destination, latest),
            Some(text) => {
                let received = self.verify(text, caller, caller_is_issuer, now)?;
                Claims {
                    calling_component: component.to_owned(),
                    audience: destination.to_owned(),
                    expires: received.expires.min(latest),
                    ..received
                }
            }
        };
        header::sealed(&claims.encode()?, &self.component_key(destination), &self.seal_key)
    }

    /// What a component with its own `key` writes as an issuer.
    pub fn issue(key: &[u8; 32], claims: &Claims) -> Result<String, IdentityError> {
        header::signed(&claims.encode()?, key)
    }

    fn verify(&self, text: &str, caller: &str, issuer: bool, now: u64) -> Result<Claims, IdentityError> {
        let header = Header::parse(text)?;
        let key = self.component_key(caller);
        // Signatures first: what nobody signed is not worth parsing.
        if header.is_sealed() {
            header.verify_seal(&self.seal_key)?;
        } else if issuer {
            header.verify_mac(&key)?;
        } else {
            return Err(IdentityError::NotAnIssuer);
        }
        let claims = Claims::decode(header.payload)?;
        if claims.audience != caller {
            return Err(IdentityError::Audience);
        }
        if header.is_sealed() {
            header.verify_mac(&key)?;
        }
        if claims.expires <= now {
            return Err(IdentityError::Expired);
        }
        Ok(claims)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keyring(..)")
    }
}

pub(super) fn expand(root: &Hkdf<Sha256>, info: &[&[u8]]) -> [u8; 32] {
    let mut key = [0; 32];
    // HKDF-SHA256 gives up to 8160 bytes; 32 never fail, and an all-zero key must never be used.
    if root.expand_multi_info(info, &mut key).is_err() {
        unreachable!("HKDF-SHA256 gives more than 32 bytes");
    }
    key
}

#[cfg(test)]
mod tests {
    use super::{Header, Keyring};
    use crate::identity::Claims;

    #[test]
    fn a_version_verifies_with_a_key_of_its_own_and_calls_as_its_component() {
        let keyring = Keyring::new([7; 32]);
        let received = keyring.admit(None, "gateway", false, "auth-next", 0).unwrap();
        assert!(keyring.admit(Some(&received), "auth", false, "passwords", 0).is_err());
        let sent =
            keyring.admit_version(Some(&received), "auth-next", "auth", false, "passwords", 0).unwrap();
        let claims = Claims::decode(Header::parse(&sent).unwrap().payload).unwrap();
        assert_eq!((claims.calling_component.as_str(), claims.audience.as_str()), ("auth", "passwords"));
    }
}
