//! The workspace of the lattice, `host/lattice`, by the same rules as the rest.

use crate::lattice::Lattice;
use xtask::process::run;
use xtask::tools::CARGO_DENY;
use xtask::workspace::Workspace;

/// How its sources look.
pub(super) fn format(workspace: &Workspace) -> anyhow::Result<()> {
    run(Lattice::ready(workspace)?.cargo("fmt").args(["--all", "--check"]))
}

/// What its engine brings along.
pub(super) fn deny(workspace: &Workspace) -> anyhow::Result<()> {
    let lattice = Lattice::ready(workspace)?;
    let mut command = CARGO_DENY.ready()?;
    command
        .current_dir(&lattice.root)
        .arg("--workspace")
        .arg("--config")
        .arg(workspace.root.join("deny.toml"));
    // One licence that the other workspace has is not met here, and crates that are there twice are the engine's.
    let quiet = ["--hide-inclusion-graph", "--allow", "license-not-encountered", "--allow", "duplicate"];
    run(command.arg("check").args(quiet).args(super::DENIED))
}

/// It shares nothing with a build: the first time takes six minutes of one processor, later ones seconds.
pub(super) fn clippy(workspace: &Workspace) -> anyhow::Result<()> {
    let clippy = ["--workspace", "--all-targets", "--", "-D", "warnings"];
    run(Lattice::ready(workspace)?.cargo("clippy").args(clippy))
}
