//! The host alone depends on everything with the features that the whole workspace and its tests depend on it with.
//!
//! Otherwise who has started Lyceum waits for most of it to be built once more before the first test, and again after it.

use std::collections::BTreeSet;

use anyhow::bail;

use crate::test::selection;
use xtask::process::{cargo, output};
use xtask::workspace::Workspace;

/// What has other features on purpose: the tests' failpoints.
const ON_PURPOSE: [&str; 1] = ["fail "];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let host = dependencies(
        workspace,
        &["-p".to_owned(), "lyceum".to_owned(), "-e".to_owned(), "normal,build".to_owned()],
    )?;
    let mut everything: Vec<String> = selection().collect();
    everything.extend(["-e".to_owned(), "normal,build,dev".to_owned()]);
    let everything = dependencies(workspace, &everything)?;
    let other: Vec<&str> = host
        .difference(&everything)
        .map(String::as_str)
        .filter(|package| !ON_PURPOSE.iter().any(|name| package.starts_with(name)))
        .collect();
    if !other.is_empty() {
        bail!(
            "the host depends with other features than the workspace on:\n    {}\nname what `cargo tree -i PACKAGE -e features` \
             shows beyond these in host/shared-features/Cargo.toml",
            other.join("\n    ")
        );
    }
    Ok(())
}

/// Package, version and features of all that is not of this workspace.
fn dependencies(workspace: &Workspace, selection: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p} {f}"])
        .args(selection);
    let root = workspace.root.to_string_lossy();
    let shown = output(&mut command)?;
    let lines = shown.lines().map(|line| line.trim_end_matches("(*)").trim_end().to_owned());
    Ok(lines.filter(|line| !line.is_empty() && !line.contains(&*root)).collect())
}
