//! What hosts of a lattice run: components and providers, each under a name with its version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Lattice;
use xtask::components::put;
use xtask::process::{output, step};
use xtask::workspace::Workspace;

/// The roles of the providers' one program.
const ROLES: [&str; 8] = ["blobs", "documents", "events", "http", "keyvalue", "mail", "mesh", "sql"];

/// Lays out all images in `build/lattice` and returns that folder. Components have to be built.
pub(crate) fn lay_out(workspace: &Workspace, lattice: &Lattice) -> Result<PathBuf> {
    let folder = workspace.root.join("build/lattice");
    components(workspace, &folder)?;
    let program = lattice.program("lyceum-provider")?;
    let packed = folder.join("lyceum-provider");
    if !is_same(&program, &packed) {
        providers(workspace, lattice, &folder)?;
        // Last, as a sign that all are packed.
        put(&program, &packed)?;
    }
    Ok(folder)
}

/// Puts the components there, which have to be built.
pub(crate) fn components(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let version = version(workspace)?;
    for id in workspace.own_components()? {
        let built = workspace.root.join("build").join(format!("{id}.wasm"));
        put(&built, &folder.join(format!("{id}-{version}.wasm")))?;
    }
    Ok(())
}

/// Packs the providers there.
pub(crate) fn providers(workspace: &Workspace, lattice: &Lattice, folder: &Path) -> Result<()> {
    step("packing the providers");
    let version = version(workspace)?;
    let program = lattice.program("lyceum-provider")?;
    for role in ROLES {
        let archive = folder.join(format!("{role}-{version}.par.gz"));
        let mut pack = Command::new(lattice.program("lyceum-lattice")?);
        output(pack.arg("par").arg(&program).arg(&archive).args(["--name", role]))?;
    }
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let length = |file: &Path| fs::metadata(file).map(|metadata| metadata.len()).ok();
    length(one) == length(other) && fs::read(one).ok() == fs::read(other).ok()
}

/// The application's version, which names the images.
fn version(workspace: &Workspace) -> Result<String> {
    workspace.manifest()?.version.context("spin.toml gives the application no version")
}
