//! Packages of Python, each in a folder of this user's.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::once;

/// The folder of a package such as `aiosmtpd==1.4.6`; installs it if it is missing.
///
/// # Errors
/// If Python or pip is missing.
pub fn installed(package: &str) -> Result<PathBuf> {
    once::made(package, |folder| {
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"];
        once::run(Command::new("python3").args(install).arg(folder).arg(package), package)
    })
}
