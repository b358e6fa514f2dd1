//! The programs that are measured and that measure, built when something has changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::Options;
use crate::lattice;
use xtask::components;
use xtask::process::{cargo, run, step};
use xtask::workspace::Workspace;

/// Components that exist for the benchmark only, by id; their crates are in `tests/load/components`.
const COMPONENTS: [&str; 4] = ["bench-calls", "bench-hello", "bench-hello-inside", "bench-instant-passwords"];

/// Where the programs are.
pub(super) struct Programs {
    pub(super) lyceum: PathBuf,
    pub(super) load: PathBuf,
    pub(super) native: PathBuf,
    /// What a lattice consists of, if one is measured.
    pub(super) lattice: Option<lyceum_private_lattice::Programs>,
}

impl Programs {
    /// Builds what is missing; Lyceum itself only if the options name no program.
    pub(super) fn ready(
        workspace: &Workspace,
        options: &Options,
        with_lattice: bool,
    ) -> anyhow::Result<Self> {
        let profile = options.profile.as_str();
        let built_before = options.lyceum.as_deref().map(absolute).transpose()?;
        let mut ids = workspace.own_components()?;
        ids.extend(COMPONENTS.map(str::to_owned));
        components::build_these(workspace, &ids)?;
        step("building the host, the native server and the load; as for production it takes many minutes");
        // Each by itself, with the features that it has outside of a benchmark.
        let lyceum = built_before.is_none().then_some("lyceum");
        for package in lyceum.into_iter().chain(["lyceum-native-baseline", "lyceum-load"]) {
            run(cargo().current_dir(&workspace.root).args(["build", "--profile", profile, "-p", package]))?;
        }
        let program = |name: &str| workspace.program(profile, name);
        Ok(Self {
            lyceum: built_before.unwrap_or_else(|| program("lyceum")),
            load: program("lyceum-load"),
            native: program("lyceum-native-baseline"),
            lattice: with_lattice.then(|| lattice::released(workspace)).transpose()?,
        })
    }
}

/// Lyceum alone: the program that the options name, or one that is built.
pub(super) fn lyceum(workspace: &Workspace, options: &Options) -> anyhow::Result<PathBuf> {
    if let Some(built) = &options.lyceum {
        return absolute(built);
    }
    components::build_these(workspace, &workspace.own_components()?)?;
    let build = ["build", "--profile", &options.profile, "-p", "lyceum"];
    run(cargo().current_dir(&workspace.root).args(build))?;
    Ok(workspace.program(&options.profile, "lyceum"))
}

/// Where a program is, whatever the working folder will be; it must exist.
fn absolute(program: &Path) -> anyhow::Result<PathBuf> {
    ensure!(program.is_file(), "there is no program at {}", program.display());
    std::path::absolute(program).context("find the program")
}

/// How Lyceum was built.
pub(super) fn built(options: &Options) -> String {
    match &options.lyceum {
        Some(_) => "a program that was built before".to_owned(),
        None => format!("a program built with the profile `{}`", options.profile),
    }
}
