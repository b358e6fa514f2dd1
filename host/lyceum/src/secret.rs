//! The root secret, from which every component's keys are derived.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use lyceum_mesh::identity::Keyring;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::Sha256;

const VARIABLE: &str = "LYCEUM_ROOT_SECRET";
/// The file's name in the data folder, and in a backup.
pub(crate) const NAME: &str = "secret";

/// What is derived from the root secret.
pub(crate) struct Keys {
    root: [u8; 32],
}

impl Keys {
    /// Keys of this secret.
    pub(crate) fn new(root: [u8; 32]) -> Self {
        Self { root }
    }

    /// The keys of the identities that components pass to each other.
    pub(crate) fn identity(&self) -> Keyring {
        Keyring::new(self.root)
    }

    /// Adds what a component is told of itself: its id, the key that identities for it are signed with, and
    /// a secret of its own. None of it is of use to another component.
    pub(crate) fn configure(&self, id: &str, config: &mut BTreeMap<String, String>) {
        let mut own = [0; 32];
        // Fails only for outputs far longer than this; a component without a secret refuses to serve.
        if Hkdf::<Sha256>::new(None, &self.root)
            .expand_multi_info(&[b"lyceum/component/", id.as_bytes()], &mut own)
            .is_ok()
        {
            config.insert("lyceum.secret".into(), URL_SAFE_NO_PAD.encode(own));
        }
        config.insert("lyceum.component".into(), id.into());
        config
            .insert("lyceum.identity-key".into(), URL_SAFE_NO_PAD.encode(self.identity().component_key(id)));
    }
}

/// The secret in `LYCEUM_ROOT_SECRET`, or else in the data folder's file `secret`, which is made with a new
/// one if it is absent. Either holds 32 bytes as base64url without padding.
pub(crate) fn root(data: &Path) -> Result<[u8; 32]> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return parse(&text).with_context(|| format!("read the environment variable {VARIABLE}"));
    }
    let file = data.join(NAME);
    match fs::read_to_string(&file) {
        Ok(text) => parse(&text).with_context(|| format!("read {}", file.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(data, &file).with_context(|| format!("make {}", file.display()))
        }
        Err(error) => Err(error).with_context(|| format!("read {}", file.display())),
    }
}

/// Copies the file, unless the secret comes from the environment. Returns whether it did.
pub(crate) fn copy(data: &Path, target: &Path) -> Result<bool> {
    let file = data.join(NAME);
    if is_given() || !file.is_file() {
        return Ok(false);
    }
    // With its permissions.
    fs::copy(&file, target).with_context(|| format!("copy {}", file.display()))?;
    Ok(true)
}

/// Whether the secret comes from the environment.
pub(crate) fn is_given() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

fn parse(text: &str) -> Result<[u8; 32]> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text.trim()) else { bail!("it is not base64url without padding") };
    let length = bytes.len();
    bytes.try_into().ok().with_context(|| format!("it has {length} bytes instead of 32"))
}

/// Writes a new secret. It is complete on disk before it has its name, so a crash leaves none or a whole one.
fn make(data: &Path, file: &Path) -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    OsRng.try_fill_bytes(&mut secret).context("ask the operating system for random bytes")?;
    let unfinished = data.join("secret.new");
    let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(new, "{}", URL_SAFE_NO_PAD.encode(secret))?;
    new.sync_all()?;
    fs::rename(&unfinished, file)?;
    File::open(data)?.sync_all()?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_the_same() {
        let data = std::env::temp_dir().join(format!("lyceum-secret-{}", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        let first = root(&data).unwrap();
        assert_eq!(root(&data).unwrap(), first);
        fs::write(data.join("secret"), "short").unwrap();
        assert!(root(&data).is_err());
        fs::remove_dir_all(&data).unwrap();
    }
}
