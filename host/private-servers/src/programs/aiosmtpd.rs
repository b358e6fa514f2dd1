//! The mail server `aiosmtpd`, a package of Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The version that the tests know.
const PACKAGE: &str = "aiosmtpd==1.4.6";

/// A command that starts it; installs it into a folder of this user's if it is missing.
pub(crate) fn command() -> Result<Command> {
    let modules = folder()?;
    let mut command = Command::new("python3");
    command.args(["-m", "aiosmtpd"]).env("PYTHONPATH", modules);
    Ok(command)
}

fn folder() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let tools = Path::new(&home).join(".cache/lyceum/tools");
    let folder = tools.join(PACKAGE);
    if folder.is_dir() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&tools)?;
    // Under another name until it is whole; another process may be at the same.
    let fresh = tempfile::tempdir_in(&tools)?;
    let output = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
        .arg(fresh.path())
        .arg(PACKAGE)
        .output()
        .context("running pip")?;
    ensure!(
        output.status.success(),
        "installing {PACKAGE} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    if std::fs::rename(fresh.path(), &folder).is_err() {
        ensure!(folder.is_dir(), "{} can't be made", folder.display());
    }
    Ok(folder)
}
