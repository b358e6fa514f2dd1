//! FerretDB, a server that speaks MongoDB's protocol, built from its source by Go.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The version that the tests know, and how often the program around it was changed.
const NAME: &str = "ferretdb-1.24.0-2";
const MAIN: &str = include_str!("ferretdb/main.go");
const MODULE: &str = include_str!("ferretdb/go.mod");
const SUMS: &str = include_str!("ferretdb/go.sum");

/// The program; built into a folder of this user's if it is missing, which takes a minute or two.
pub(crate) fn program() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let tools = Path::new(&home).join(".cache/lyceum/tools");
    let program = tools.join(NAME).join("ferretdb");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&tools)?;
    // Under another name until it is whole; another process may be at the same.
    let fresh = tempfile::tempdir_in(&tools)?;
    for (name, text) in [("main.go", MAIN), ("go.mod", MODULE), ("go.sum", SUMS)] {
        fs::write(fresh.path().join(name), text)?;
    }
    // As a part of another program: by itself it wants files that only its own developers' tools make.
    let output = Command::new("go")
        .current_dir(fresh.path())
        .args(["build", "-o", "ferretdb", "."])
        .output()
        .context("running go (apt-get install golang)")?;
    ensure!(output.status.success(), "building {NAME} failed: {}", String::from_utf8_lossy(&output.stderr));
    if fs::rename(fresh.path(), tools.join(NAME)).is_err() {
        ensure!(program.is_file(), "{} can't be made", program.display());
    }
    Ok(program)
}
