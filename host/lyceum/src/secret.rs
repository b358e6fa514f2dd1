//! The root secret, from which every component's keys are derived.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use lyceum_mesh::identity::RootSecret;
use rand::TryRngCore;
use rand::rngs::OsRng;

const VARIABLE: &str = "LYCEUM_ROOT_SECRET";
/// The file's name in the data folder, and in a backup.
pub(crate) const NAME: &str = "secret";

/// The secret in `LYCEUM_ROOT_SECRET`, or else in the data folder's file `secret`, which is made with a new
/// one if it is absent. Either holds 32 bytes as base64url without padding.
pub(crate) fn root(data: &Path) -> Result<RootSecret> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return text.parse().with_context(|| format!("read the environment variable {VARIABLE}"));
    }
    let file = data.join(NAME);
    match fs::read_to_string(&file) {
        Ok(text) => text.parse().with_context(|| format!("read {}", file.display())),
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

/// Writes a new secret. It is complete on disk before it has its name, so a crash leaves none or a whole one.
fn make(data: &Path, file: &Path) -> Result<RootSecret> {
    let mut secret = [0; 32];
    OsRng.try_fill_bytes(&mut secret).context("ask the operating system for random bytes")?;
    let unfinished = data.join("secret.new");
    let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    let secret = RootSecret::new(secret);
    writeln!(new, "{}", secret.reveal())?;
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
