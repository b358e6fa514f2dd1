//! No package names a dependency that it doesn't use.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::sources;
use crate::lattice::Lattice;
use xtask::process::{show, step};
use xtask::tools::CARGO_MACHETE;
use xtask::workspace::Workspace;

/// What the program begins a line with that is about a package which it couldn't look at; it succeeds all the same.
const PASSED_OVER: &str = "error when handling";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let members = cargo_metadata::MetadataCommand::new().no_deps().current_dir(&workspace.root).exec()?;
    let members = members.packages.iter().filter_map(|package| package.manifest_path.parent());
    let mut command = CARGO_MACHETE.ready()?;
    look(command.current_dir(&workspace.root).args(members))?;

    // The program looks for a package's workspace in the folders above it alone. That of the lattice is in the same
    // folder as one of its packages, and below another one: it is found only where nothing is above it.
    let lattice = Lattice::ready(workspace)?;
    let alone = tempfile::tempdir().context("can't make a folder")?;
    for extension in ["toml", "rs"] {
        for file in sources::below(&lattice.root, extension)? {
            put(&file, &alone.path().join(file.strip_prefix(&lattice.root)?))?;
        }
    }
    look(CARGO_MACHETE.ready()?.current_dir(alone.path()).arg("."))
}

fn put(file: &Path, copy: &Path) -> anyhow::Result<()> {
    if let Some(folder) = copy.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::copy(file, copy).with_context(|| format!("can't copy {}", file.display()))?;
    Ok(())
}

fn look(command: &mut Command) -> anyhow::Result<()> {
    // Run by cargo it would take its first argument for its own name; run by xtask it would not.
    command.env_remove("CARGO");
    let shown = show(command);
    step(&shown);
    let output = command.output().with_context(|| format!("can't start `{shown}`"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{errors}");
    if !output.status.success() || errors.contains(PASSED_OVER) {
        bail!("`{shown}` failed ({})", output.status);
    }
    Ok(())
}
