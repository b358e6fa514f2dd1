//! Packages of Node, each in a folder of this user's.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::once;

/// The folder with the programs of a package such as `newman@6.2.2`; installs it if it is missing.
///
/// # Errors
/// If Node or npm is missing.
pub fn installed(package: &str) -> Result<PathBuf> {
    let folder = once::made(package, |folder| {
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
        once::run(Command::new("npm").args(install).arg(folder).arg(package), package)
    })?;
    Ok(folder.join("node_modules/.bin"))
}
