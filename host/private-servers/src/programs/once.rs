//! What is installed or built for tests: once, in a folder of this user's.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The folder of this name; if it is missing, `make` is given a new one to fill. Who needs it at the same time waits.
///
/// # Errors
/// If there is no home, or what `make` fails with.
pub(super) fn made(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let tools = Path::new(&home).join(".cache/lyceum/tools");
    let folder = tools.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let parent = folder.parent().context("a folder has a parent")?;
    fs::create_dir_all(parent)?;
    let lock = File::create(tools.join(format!("{}.lock", name.replace('/', "-"))))?;
    lock.lock().context("waiting for another one who makes it")?;
    if folder.is_dir() {
        return Ok(folder);
    }
    // Under another name until it is whole: whoever is stopped half-way leaves nothing that looks whole.
    let fresh = tempfile::tempdir_in(&tools)?;
    make(fresh.path())?;
    fs::rename(fresh.path(), &folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// Runs a command that installs or builds something.
///
/// # Errors
/// If it is missing or fails; what it said of that is in the error.
pub(super) fn run(command: &mut Command, what: &str) -> Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("running {program}, which makes {what}"))?;
    ensure!(output.status.success(), "making {what} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
