//! Finds the servers' programs, and installs them when they are missing.

pub(crate) mod aiosmtpd;
pub(crate) mod ferretdb;
pub(crate) mod npm;
mod once;
pub(crate) mod pip;
pub(crate) mod postgres;
pub(crate) mod versitygw;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use nix::unistd::Uid;

/// A program on the path, from this package of Debian if it has to be installed.
///
/// # Errors
/// If it isn't there and can't be installed.
pub fn ready(program: &str, package: &str) -> Result<PathBuf> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    ensure!(Uid::effective().is_root(), "{program} is missing: install it (apt-get install {package})");
    install(package)?;
    find(program).with_context(|| format!("{package} was installed, but {program} can't be found"))
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Installs a package of Debian, one at a time: only some of apt's locks can be waited for by apt itself.
pub(crate) fn install(package: &str) -> Result<()> {
    let lock = File::create(std::env::temp_dir().join("lyceum-apt.lock"))?;
    lock.lock().context("waiting for another installation")?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        // Tests that run beside this one may install something too.
        command
            .args(["-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command.output().context("running apt-get")
    };
    if apt(&["install", "-y", package])?.status.success() {
        return Ok(());
    }
    // The lists of packages may be old.
    apt(&["update"])?;
    let output = apt(&["install", "-y", package])?;
    ensure!(
        output.status.success(),
        "installing {package} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
