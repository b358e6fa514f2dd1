//! Argon2id (RFC 9106) with this service's parameters, as PHC strings; and bcrypt, for hashes that come from elsewhere,
//! until their passwords are hashed anew.

use argon2::password_hash::{Ident, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use bcrypt::HashParts;

/// Memory for one hash, in KiB (OWASP Password Storage Cheat Sheet, Argon2id).
const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes; one, as an instance has one thread.
const LANES: u32 = 1;
/// A hash that asks for more memory than this is refused: it would not fit into an instance.
const MOST_MEMORY_KIB: u32 = 32 * 1024;
/// A hash that asks for more passes than this is refused: it would not end in time.
const MOST_PASSES: u32 = 8;
/// How bcrypt's hashes begin: `2a` and `2b` of its authors, `2y` of PHP.
const BCRYPT: [&str; 3] = ["$2a$", "$2b$", "$2y$"];
/// A bcrypt hash that asks for more than 2 to this many rounds is refused: it would not end in time.
const MOST_BCRYPT_COST: u32 = 14;

/// Bytes of salt in a hash: RFC 9106, section 3.1.
pub const SALT_BYTES: usize = 16;

/// What a check of a password gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub valid: bool,
    /// The hash was made by another function or with other parameters than those of today; hash the password anew.
    pub needs_rehash: bool,
}

/// Why nothing could be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Not a PHC string of Argon2id and no bcrypt hash, or one that asks for too much.
    #[error("is not an Argon2id or bcrypt hash that this service can check")]
    NotAHash,
    /// The hash function refused its input.
    #[error("hashing failed")]
    Failed,
}

/// Hashes a password.
pub fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(&salt).map_err(|_| HashError::Failed)?;
    let hashed = hasher()?.hash_password(password.as_bytes(), &salt).map_err(|_| HashError::Failed)?;
    Ok(hashed.to_string())
}

/// Checks a password against a hash, in a time that does not depend on where they differ.
pub fn verify(password: &str, hash: &str) -> Result<Verdict, HashError> {
    if BCRYPT.iter().any(|prefix| hash.starts_with(prefix)) {
        return verify_bcrypt(password, hash);
    }
    let hash = PasswordHash::new(hash).map_err(|_| HashError::NotAHash)?;
    let params = Params::try_from(&hash).map_err(|_| HashError::NotAHash)?;
    let is_argon2id = hash.algorithm == Ident::new_unwrap("argon2id");
    if !is_argon2id || params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES {
        return Err(HashError::NotAHash);
    }
    let valid = match hasher()?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => true,
        Err(argon2::password_hash::Error::Password) => false,
        Err(_) => return Err(HashError::NotAHash),
    };
    let current = (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
    Ok(Verdict { valid, needs_rehash: !current })
}

/// As all do that made such hashes, it reads the first 72 bytes of a password alone.
fn verify_bcrypt(password: &str, hash: &str) -> Result<Verdict, HashError> {
    let parts: HashParts = hash.parse().map_err(|_| HashError::NotAHash)?;
    if parts.get_cost() > MOST_BCRYPT_COST {
        return Err(HashError::NotAHash);
    }
    let valid = bcrypt::verify(password, hash).map_err(|_| HashError::NotAHash)?;
    Ok(Verdict { valid, needs_rehash: true })
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_own_password_only() {
        let hash = hash("horse battery staple", [1; SALT_BYTES]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let right = Verdict { valid: true, needs_rehash: false };
        assert_eq!(verify("horse battery staple", &hash), Ok(right));
        assert_eq!(verify("horse battery stable", &hash), Ok(Verdict { valid: false, ..right }));
    }

    #[test]
    fn another_salt_gives_another_hash() {
        let one = hash("horse battery staple", [1; SALT_BYTES]).unwrap();
        assert_ne!(one, hash("horse battery staple", [2; SALT_BYTES]).unwrap());
    }

    #[test]
    fn older_parameters_still_verify_and_ask_for_a_new_hash() {
        let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let salt = SaltString::encode_b64(&[1; SALT_BYTES]).unwrap();
        let hash = older.hash_password(b"horse battery staple", &salt).unwrap().to_string();
        assert_eq!(verify("horse battery staple", &hash), Ok(Verdict { valid: true, needs_rehash: true }));
        assert_eq!(verify("another", &hash), Ok(Verdict { valid: false, needs_rehash: true }));
    }

    /// The first one is of jBCrypt's test vectors; libxcrypt made the others.
    #[test]
    fn hashes_of_bcrypt_verify_and_ask_for_a_new_hash() {
        let long = "x".repeat(80);
        for (password, hash) in [
            ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
            ("horse battery staple", "$2a$06$abcdefghijklmnopqrstuuXzDq6IoXo5fsmBBMx8nCQc.luqoCBF2"),
            ("p\u{e4}ssword Gr\u{fc}n", "$2y$05$abcdefghijklmnopqrstuuFJg/QGvYBdOGEiDce4Don8Y2DOVYL4G"),
            (long.as_str(), "$2b$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q"),
        ] {
            assert_eq!(verify(password, hash), Ok(Verdict { valid: true, needs_rehash: true }), "{hash}");
            assert_eq!(verify("another", hash), Ok(Verdict { valid: false, needs_rehash: true }), "{hash}");
        }
    }

    #[test]
    fn what_is_no_hash_or_asks_for_too_much_is_refused() {
        for text in [
            "",
            "horse",
            "$2b$12$abcdefghijklmnopqrstuv",
            "$2b$15$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q",
            "$2b$03$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q",
            "$2b$05$abcdefghijklmnopqrstu\u{fc}jf8SX2ahXLwp9w/B.Y5XdysS6yR576",
            "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$Ej8QTPfdDkPYmJhE5TzmFJYj8jOpHhP1qLvVnLwn1Ns",
            "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$Ej8QTPfdDkPYmJhE5TzmFJYj8jOpHhP1qLvVnLwn1Ns",
            "$argon2id$v=19$m=64,t=4000000,p=1$c29tZXNhbHQ$Ej8QTPfdDkPYmJhE5TzmFJYj8jOpHhP1qLvVnLwn1Ns",
        ] {
            assert_eq!(verify("horse", text), Err(HashError::NotAHash), "{text}");
        }
    }
}
