//! What only tests run natively is built without optimisation: services, and what tests consist of. Each new package of theirs
//! would else cost everybody's first build more than it need.

use std::fs;

use anyhow::{Context, bail};

use xtask::workspace::Workspace;

/// What is measured is built as it is handed out.
const MEASURED: &str = "tests/load";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let manifest = fs::read_to_string(workspace.root.join("Cargo.toml")).context("can't read Cargo.toml")?;
    let mut metadata = cargo_metadata::MetadataCommand::new();
    let metadata = metadata.current_dir(&workspace.root).no_deps().exec().context("can't ask cargo")?;
    let missing: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| {
            let path = package.manifest_path.strip_prefix(&metadata.workspace_root);
            path.is_ok_and(|path| {
                (path.starts_with("components") || path.starts_with("tests")) && !path.starts_with(MEASURED)
            })
        })
        .map(|package| format!("{}.opt-level = 0", package.name))
        .filter(|line| !manifest.lines().any(|present| present == line))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("Cargo.toml lacks under [profile.release.package]:\n    {}", missing.join("\n    "))
}
