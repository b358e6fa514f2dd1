//! Links that work without a sign-in until they expire.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use lyceum_kit::{prelude::*, settings::derived_key};
use sha2::Sha256;

/// How long a link works if nobody says.
pub(crate) const DEFAULT_LIFE: u32 = 15 * 60;
/// The longest that a link works: a week.
pub(crate) const LONGEST_LIFE: u32 = 7 * 24 * 60 * 60;

const PURPOSE: &str = "files/download-link/1";

/// A link to the file's content, and when it stops working.
pub(crate) fn make(file: Uuid, life: u32) -> Result<(String, Timestamp), Problem> {
    let expires = clock::now().plus(Duration::from_secs(life.into())).as_seconds();
    let signature = BASE64.encode(mac(file, expires)?.finalize().into_bytes());
    let url = format!("/api/v1/files/{file}/download?expires={expires}&signature={signature}");
    Ok((url, Timestamp::from_micros(expires.saturating_mul(1_000_000))))
}

/// Fails with 403 unless this service signed it, and it still works.
pub(crate) fn check(file: Uuid, expires: i64, signature: &str) -> Result<(), Problem> {
    let refused = |code, detail: &'static str| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
    let signature = BASE64.decode(signature).unwrap_or_default();
    // In constant time.
    if mac(file, expires)?.verify_slice(&signature).is_err() {
        return refused("LINK_INVALID", "This link was not made here.");
    }
    if clock::now().as_seconds() >= expires {
        return refused("LINK_EXPIRED", "This link has expired.");
    }
    Ok(())
}

fn mac(file: Uuid, expires: i64) -> Result<Hmac<Sha256>, Problem> {
    let key = derived_key(PURPOSE)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Problem::internal())?;
    mac.update(format!("{file}\n{expires}").as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use lyceum_kit::testing;

    use super::*;

    #[test]
    fn a_link_works_until_it_expires_and_for_its_file_only() {
        for name in ["lyceum.identity-key", "lyceum.secret"] {
            testing::configure(name, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        }
        testing::configure("lyceum.component", "files");
        let clock = testing::freeze(Timestamp::from_micros(1_000_000_000));
        let (file, other) = (ids::new(), ids::new());
        let (url, expires_at) = make(file, 60).unwrap();
        let signature = url.rsplit_once('=').unwrap().1.to_owned();
        let expires = expires_at.as_seconds();
        assert_eq!(expires, 1060);
        assert!(check(file, expires, &signature).is_ok());
        let code =
            |file, expires, signature: &str| check(file, expires, signature).unwrap_err().code().to_owned();
        assert_eq!(code(other, expires, &signature), "LINK_INVALID");
        assert_eq!(code(file, expires + 1, &signature), "LINK_INVALID");
        for bad in ["", "x", "AAAA", &signature[1..]] {
            assert_eq!(code(file, expires, bad), "LINK_INVALID");
        }
        drop(clock);
        let _later = testing::freeze(Timestamp::from_micros(1_060_000_000));
        assert_eq!(code(file, expires, &signature), "LINK_EXPIRED");
    }
}
