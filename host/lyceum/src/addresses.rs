//! Tells machines where this host listens.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

const NAME: &str = "addresses.json";

/// The file `addresses.json` in the data folder. It is there exactly while the host is ready.
pub(crate) struct Announced {
    file: PathBuf,
}

#[derive(Serialize)]
struct Addresses {
    listen: SocketAddr,
    admin: SocketAddr,
    pid: u32,
}

/// Removes what a host that was killed left behind.
pub(crate) fn forget(data: &Path) {
    // Absent is the usual case; anything else shows when the file is written anew.
    let _ = fs::remove_file(data.join(NAME));
}

/// Whether a host seems to use the data folder: it was not stopped, or was killed.
pub(crate) fn announced(data: &Path) -> Option<PathBuf> {
    Some(data.join(NAME)).filter(|file| file.exists())
}

/// Writes the file, whole or not at all.
pub(crate) fn announce(data: &Path, listen: SocketAddr, admin: SocketAddr) -> Result<Announced> {
    let file = data.join(NAME);
    let unfinished = data.join("addresses.json.new");
    let addresses = serde_json::to_vec(&Addresses { listen, admin, pid: std::process::id() })?;
    fs::write(&unfinished, addresses)
        .and_then(|()| fs::rename(&unfinished, &file))
        .with_context(|| format!("write {}", file.display()))?;
    Ok(Announced { file })
}

impl Drop for Announced {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
