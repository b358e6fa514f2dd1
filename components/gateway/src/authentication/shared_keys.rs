//! The key set as any instance last got it, in a bucket that all share: where instances live for one request, as on a lattice,
//! each would have to ask auth otherwise, and nobody could be let in while auth is down.
//!
//! What lies there decides whose tokens are good, so it is sealed with a key that only this component has: who can write to the
//! bucket can make it be ignored, and no more.

use hmac::{Hmac, Mac};
use lyceum_kit::{
    keyvalue::Bucket,
    log,
    settings::{self, SettingsError},
};
use sha2::Sha256;

use super::key_set::KeySet;

const BUCKET: &str = "signing-keys";
const ENTRY: &str = "key-set";
/// Bytes of HMAC-SHA256.
const SEAL: usize = 32;
/// Bytes of a time.
const TIME: usize = 8;

/// Keys, and when auth gave them in seconds since the Unix epoch.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) keys: KeySet,
    pub(super) fetched_at: i64,
}

/// What was shared last. `None` where there is nothing that can be believed: auth knows.
pub(super) fn read() -> Option<Shared> {
    let sealed = Bucket::open(BUCKET).and_then(|bucket| bucket.get(ENTRY));
    let sealed =
        sealed.inspect_err(|error| log::warn(format!("shared keys can't be read: {error}"))).ok()??;
    let opened = open(&sealing_key().ok()?, &sealed);
    if opened.is_none() {
        log::warn("shared keys are damaged, or another's");
    }
    opened
}

/// Shares what auth has just answered. If that fails, others ask auth themselves.
pub(super) fn write(json: &[u8], fetched_at: i64) {
    let Some(sealed) = sealing_key().ok().and_then(|key| seal(&key, json, fetched_at)) else { return };
    if let Err(error) = Bucket::open(BUCKET).and_then(|bucket| bucket.set(ENTRY, &sealed)) {
        log::warn(format!("keys can't be shared: {error}"));
    }
}

fn sealing_key() -> Result<[u8; SEAL], SettingsError> {
    settings::derived_key("shared-key-set/1")
}

fn seal(key: &[u8], json: &[u8], fetched_at: i64) -> Option<Vec<u8>> {
    let content = [&fetched_at.to_be_bytes(), json].concat();
    let seal = mac(key, &content)?.finalize().into_bytes();
    Some([&seal[..], &content].concat())
}

fn open(key: &[u8], sealed: &[u8]) -> Option<Shared> {
    let (seal, content) = sealed.split_at_checked(SEAL)?;
    mac(key, content)?.verify_slice(seal).ok()?;
    let (time, json) = content.split_at_checked(TIME)?;
    let fetched_at = i64::from_be_bytes(time.try_into().ok()?);
    Some(Shared { keys: KeySet::parse(json).ok()?, fetched_at })
}

fn mac(key: &[u8], content: &[u8]) -> Option<Hmac<Sha256>> {
    Some(Hmac::<Sha256>::new_from_slice(key).ok()?.chain_update(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [u8; 32] = [7; 32];
    /// RFC 8037, appendix A.2.
    const JSON: &[u8] = br#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    #[test]
    fn what_was_sealed_is_opened() {
        let shared = open(&OWN, &seal(&OWN, JSON, 1_000).unwrap()).unwrap();
        assert_eq!(shared.fetched_at, 1_000);
        assert!(shared.keys.find("a").is_some());
    }

    #[test]
    fn what_anybody_else_wrote_or_changed_is_not_believed() {
        let sealed = seal(&OWN, JSON, 1_000).unwrap();
        assert!(open(&[8; 32], &sealed).is_none());
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(open(&OWN, &changed).is_none(), "byte {position}");
            assert!(open(&OWN, &sealed[..position]).is_none(), "{position} bytes");
        }
    }
}
