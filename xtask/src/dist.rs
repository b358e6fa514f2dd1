//! `cargo xtask dist`: a folder to put on a server: the program, the manifest and the components.

use std::path::Path;
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
    copy(&workspace.program("dist", "lyceum"), &folder.join("lyceum"))?;
    for name in ["spin.toml", "LICENSE"] {
        copy(&workspace.root.join(name), &folder.join(name))?;
    }
    for id in workspace.own_components()? {
        let name = format!("build/{id}.wasm");
        copy(&workspace.root.join(&name), &folder.join(&name))?;
    }
    step("./dist is complete; on the server, in that folder: ./lyceum up");
    Ok(ExitCode::SUCCESS)
}

/// Replaces the file as a whole: the program may be running.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let fresh = to.with_extension("new");
    let copied = std::fs::copy(from, &fresh).and_then(|_| std::fs::rename(&fresh, to));
    copied.with_context(|| format!("can't copy {} to {}", from.display(), to.display()))
}
