//! Links that work without a sign-in until they expire.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use lyceum_kit::{
    prelude::*,
    settings::{SettingsError, derived_key},
};
use sha2::Sha256;

use super::error::LinkError;

/// How long a link works if nobody says.
pub(crate) const DEFAULT_LIFE: u32 = 15 * 60;
/// The longest that a link works: a week.
pub(crate) const LONGEST_LIFE: u32 = 7 * 24 * 60 * 60;

const PURPOSE: &str = "files/download-link/1";

/// A link to the file's content, and when it stops working.
pub(crate) fn make(file: Uuid, life: u32) -> Result<(String, Timestamp), LinkError> {
    let expires = clock::now().plus(Duration::from_secs(life.into())).as_seconds();
    let signature = BASE64.encode(mac(file, expires)?.finalize().into_bytes());
    let url = format!("/api/v1/files/{file}/download?expires={expires}&signature={signature}");
    Ok((url, Timestamp::from_micros(expires.saturating_mul(1_000_000))))
}

/// Fails unless this service signed it, and it still works.
pub(crate) fn check(file: Uuid, expires: i64, signature: &str) -> Result<(), LinkError> {
    let signature = BASE64.decode(signature).unwrap_or_default();
    // In constant time.
    if mac(file, expires)?.verify_slice(&signature).is_err() {
        return Err(LinkError::Forged);
    }
    if clock::now().as_seconds() >= expires {
        return Err(LinkError::Expired);
    }
    Ok(())
}

fn mac(file: Uuid, expires: i64) -> Result<Hmac<Sha256>, LinkError> {
    let key = derived_key(PURPOSE)?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&key).map_err(|_| SettingsError::Unusable("lyceum.secret"))?;
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
        let forged = |file, expires, signature: &str| {
            matches!(check(file, expires, signature), Err(LinkError::Forged))
        };
        assert!(forged(other, expires, &signature));
        assert!(forged(file, expires + 1, &signature));
        for bad in ["", "x", "AAAA", &signature[1..]] {
            assert!(forged(file, expires, bad), "{bad}");
        }
        drop(clock);
        let _later = testing::freeze(Timestamp::from_micros(1_060_000_000));
        assert!(matches!(check(file, expires, &signature), Err(LinkError::Expired)));
    }
}
