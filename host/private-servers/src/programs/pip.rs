//! Packages of Python, each in a folder of this user's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The folder of a package such as `aiosmtpd==1.4.6`; installs it if it is missing.
pub(crate) fn installed(package: &str) -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let tools = Path::new(&home).join(".cache/lyceum/tools");
    let folder = tools.join(package);
    if folder.is_dir() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&tools)?;
    // Under another name until it is whole; another process may be at the same.
    let fresh = tempfile::tempdir_in(&tools)?;
    let output = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
        .arg(fresh.path())
        .arg(package)
        .output()
        .context("running pip")?;
    ensure!(
        output.status.success(),
        "installing {package} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    if std::fs::rename(fresh.path(), &folder).is_err() {
        ensure!(folder.is_dir(), "{} can't be made", folder.display());
    }
    Ok(folder)
}
