//! `cargo xtask components`: from the components' crates to the files that `spin.toml` names.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use crate::process::{run as run_command, step};
use crate::wasm::Toolchain;
use crate::workspace::Workspace;

/// Runs the task.
pub fn run() -> anyhow::Result<ExitCode> {
    build(&Workspace::find()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds all of our own components and puts them into `build/`.
pub fn build(workspace: &Workspace) -> anyhow::Result<()> {
    build_these(workspace, &workspace.own_components()?)
}

/// Builds the crates `lyceum-<id>` and puts each into `build/<id>.wasm`.
pub fn build_these(workspace: &Workspace, ids: &[String]) -> anyhow::Result<()> {
    let toolchain = Toolchain::ready()?;
    step(format_args!("building {} components", ids.len()));
    // One call for those alike: the crates that they share are built once.
    let heavy = with_spreadsheets(workspace)?;
    let (apart, together): (Vec<&String>, Vec<&String>) = ids.iter().partition(|id| heavy.contains(*id));
    for ids in [together, apart].into_iter().filter(|ids| !ids.is_empty()) {
        let packages = ids.iter().flat_map(|id| ["-p".to_owned(), format!("lyceum-{id}")]);
        run_command(toolchain.build(workspace)?.current_dir(&workspace.root).args(packages))?;
    }
    let folder = workspace.root.join("build");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("can't make the folder {}", folder.display()))?;
    for id in ids {
        let built = toolchain.built(workspace).join(format!("lyceum_{}.wasm", id.replace('-', "_")));
        let file = folder.join(format!("{id}.wasm"));
        let size = put(&built, &file).with_context(|| format!("can't put {} in place", file.display()))?;
        eprintln!("    build/{id}.wasm, {} KiB", size.div_ceil(1024));
    }
    Ok(())
}

/// The ids of components that read and write spreadsheets. What does that is 1.7 MB large, and in one call with others it would
/// be in all of them, since cargo builds the kit once, with what anybody wants of it.
fn with_spreadsheets(workspace: &Workspace) -> anyhow::Result<BTreeSet<String>> {
    let mut metadata = cargo_metadata::MetadataCommand::new();
    let metadata = metadata
        .current_dir(&workspace.root)
        .no_deps()
        .exec()
        .context("can't ask cargo for the components")?;
    let takes = |package: &&cargo_metadata::Package| {
        package.dependencies.iter().any(|dependency| {
            dependency.name == "lyceum-kit"
                && dependency.kind == cargo_metadata::DependencyKind::Normal
                && dependency.features.iter().any(|feature| feature == "xlsx")
        })
    };
    let names = metadata.packages.iter().filter(takes).map(|package| package.name.to_string());
    Ok(names.filter_map(|name| name.strip_prefix("lyceum-").map(str::to_owned)).collect())
}

/// Copies the file unless it is there already; a host that reads it meanwhile sees the old one or the
/// new one, whole. Answers its size in bytes.
pub fn put(built: &Path, file: &Path) -> anyhow::Result<usize> {
    let content = std::fs::read(built).with_context(|| format!("can't read {}", built.display()))?;
    if std::fs::read(file).is_ok_and(|present| present == content) {
        return Ok(content.len());
    }
    let fresh = file.with_extension("new");
    // A copy, since a program must stay one that can be run.
    std::fs::copy(built, &fresh)?;
    std::fs::rename(&fresh, file)?;
    Ok(content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_component_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (built, file) = (folder.path().join("built"), folder.path().join("a.wasm"));
        std::fs::write(&built, "one").unwrap();
        assert_eq!(put(&built, &file).unwrap(), 3);
        let first = std::fs::metadata(&file).unwrap().modified().unwrap();
        put(&built, &file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), first);
        std::fs::write(&built, "two").unwrap();
        put(&built, &file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
