//! `cargo xtask dist`: a folder to put on a server: the program, the manifest and the components; and what a host of a
//! lattice needs.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::lattice::{Lattice, images};
use xtask::components;
use xtask::process::{cargo, run as run_command, step};
use xtask::workspace::Workspace;

/// What follows `cargo xtask dist`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// With what hosts and wadm of a lattice need: `lyceum-lattice`, `wadm/` and the images in `lattice/`.
    #[arg(long)]
    lattice: bool,
}

/// Runs the task.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    components::build(&workspace)?;
    step("building the host with all optimisations; it takes many minutes");
    run_command(cargo().current_dir(&workspace.root).args(["build", "--profile", "dist", "-p", "lyceum"]))?;
    let folder = workspace.root.join("dist");
    let components = workspace.own_components()?.into_iter().map(|id| format!("build/{id}.wasm"));
    for name in components.chain(["spin.toml", "LICENSE"].map(str::to_owned)) {
        put(&workspace.root.join(&name), &folder.join(&name))?;
    }
    put(&workspace.program("dist", "lyceum"), &folder.join("lyceum"))?;
    if options.lattice {
        add_lattice(&workspace, &folder)?;
    }
    step("./dist is complete; on the server, in that folder: ./lyceum up");
    Ok(ExitCode::SUCCESS)
}

fn add_lattice(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lattice = Lattice::released(workspace)?;
    put(&lattice.program("lyceum-lattice")?, &folder.join("lyceum-lattice"))?;
    put(&workspace.root.join("wadm/lyceum.yaml"), &folder.join("wadm/lyceum.yaml"))?;
    let images = folder.join("lattice");
    images::components(workspace, &images)?;
    images::providers(workspace, &lattice, &images)
}

fn put(file: &Path, copy: &Path) -> Result<()> {
    if let Some(folder) = copy.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    components::put(file, copy).with_context(|| format!("can't put {} in place", copy.display()))?;
    Ok(())
}
