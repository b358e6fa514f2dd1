//! Where the things under test are.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// The root of the repository, in which cargo runs this test. What was compiled may come from another copy of it.
pub fn workspace() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    root.unwrap_or(&here).to_owned()
}

/// The program `lyceum`: what `LYCEUM_BINARY` names, or else what cargo built beside this test.
pub fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("LYCEUM_BINARY") {
        return Ok(named.into());
    }
    // A test lies in <target>/<profile>/deps.
    let test = std::env::current_exe().context("find this test's own file")?;
    let profile = test.ancestors().nth(2).context("find the target folder")?;
    let beside = profile.join("lyceum");
    if beside.is_file() {
        return Ok(beside);
    }
    bail!("{} is not there: run `cargo xtask test`, or set LYCEUM_BINARY", beside.display())
}
