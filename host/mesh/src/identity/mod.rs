//! Who a call is made for, signed so that only its destination can use it.
//!
//! The header `Lyceum-Identity` has one of two forms:
//! - `v1.<payload>.<mac>.<seal>`, which the mesh makes for one destination. `mac` is keyed with the
//!   destination's key, so the destination can verify it; `seal` with a key that only the mesh has, so that
//!   the destination, which knows its own key, can't make up an identity and pass it on.
//! - `v1.<payload>.<mac>`, which a component makes with its own key and for itself (`aud` is its own id) when
//!   it has authenticated a caller. The mesh takes it only from components that are declared issuers.
//!
//! `payload` is the base64url form of a JSON object (see [`Claims`]); `mac` and `seal` are the base64url
//! forms (RFC 4648, section 5, without padding) of HMAC-SHA256 over `v1.<payload>`. The keys come by
//! HKDF-SHA256 (RFC 5869, without salt) from one root secret of 32 bytes, with the info
//! `lyceum/identity/<component id>` or `lyceum/identity-seal`.
//!
//! Start at [`Keyring`].

mod claims;
mod header;
mod keyring;
mod root_secret;

pub use claims::Claims;
pub use keyring::Keyring;
pub use root_secret::{InvalidSecret, RootSecret};

/// The header's name.
pub const HEADER: &str = "lyceum-identity";

/// The longest header, in bytes.
pub const LONGEST_HEADER: usize = 8 * 1024;

/// The longest life of an identity, in seconds, from the moment that the mesh signs it.
pub const LONGEST_LIFE_SECONDS: u64 = 60;

/// Why an identity is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Longer than [`LONGEST_HEADER`].
    #[error("the identity is longer than 8 KiB")]
    TooLong,
    /// Not one of the two forms, or its payload is not the expected JSON.
    #[error("the identity is malformed")]
    Malformed,
    /// Signed with another key, or changed.
    #[error("the identity's signature is wrong")]
    Signature,
    /// Made for another component than the one that presents it.
    #[error("the identity was made for another component")]
    Audience,
    /// Its time is over.
    #[error("the identity has expired")]
    Expired,
    /// Made by a component that may not issue identities.
    #[error("the component may not issue identities")]
    NotAnIssuer,
}
