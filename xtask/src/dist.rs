//! `cargo xtask dist`: a folder to put on a server: the program, the manifest and the components.

use std::process::ExitCode;

use anyhow::Context;

use crate::components;
use crate::process::{cargo, run as run_command, step};
use crate::workspace::Workspace;

/// Runs the task.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    components::build(&workspace)?;
    step("building the host with all optimisations; it takes many minutes");
    run_command(cargo().current_dir(&workspace.root).args(["build", "--profile", "dist", "-p", "lyceum"]))?;
    let folder = workspace.root.join("dist");
    std::fs::create_dir_all(folder.join("build"))
        .with_context(|| format!("can't make {}", folder.display()))?;
    let components = workspace.own_components()?.into_iter().map(|id| format!("build/{id}.wasm"));
    let files = components.chain(["spin.toml", "LICENSE"].map(str::to_owned));
    let from_root = files.map(|name| (workspace.root.join(&name), folder.join(name)));
    let program = (workspace.program("dist", "lyceum"), folder.join("lyceum"));
    for (built, file) in from_root.chain([program]) {
        components::put(&built, &file).with_context(|| format!("can't put {} in place", file.display()))?;
    }
    step("./dist is complete; on the server, in that folder: ./lyceum up");
    Ok(ExitCode::SUCCESS)
}
