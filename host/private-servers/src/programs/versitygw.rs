//! The S3 server `versitygw`, a program in Go.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::find;

/// The version that the tests know.
const MODULE: &str = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const PROGRAM: &str = "versitygw";

/// The program; builds it into a folder of this user's if it is missing. That takes some minutes.
pub(crate) fn ready() -> Result<PathBuf> {
    if let Some(found) = find(PROGRAM) {
        return Ok(found);
    }
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let tools = Path::new(&home).join(".cache/lyceum/tools");
    let folder = tools.join("versitygw-1.8.0");
    let program = folder.join(PROGRAM);
    if program.is_file() {
        return Ok(program);
    }
    std::fs::create_dir_all(&tools)?;
    // Under another name until it is whole; another process may be at the same.
    let fresh = tempfile::tempdir_in(&tools)?;
    let output = Command::new("go")
        .args(["install", MODULE])
        .env("GOBIN", fresh.path())
        .output()
        .context("running go, which builds versitygw")?;
    ensure!(output.status.success(), "building {MODULE} failed: {}", String::from_utf8_lossy(&output.stderr));
    if std::fs::rename(fresh.path(), &folder).is_err() {
        ensure!(program.is_file(), "{} can't be made", folder.display());
    }
    Ok(program)
}
