//! The host alone is built of the same units as the host among the whole workspace and its tests: each crate with the same
//! features, options and dependencies, for programs as for what runs while something is built.
//!
//! Otherwise who has started Lyceum waits for most of it to be built once more before the first test, and again after it.
//! `cargo tree` isn't enough to see it: a crate may stand in one selection twice, with other features for build scripts, and
//! a unit is another one as soon as anything below it is.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::test::selection;
use xtask::process::{cargo, output};
use xtask::workspace::Workspace;

/// What has other features on purpose: the tests' failpoints.
const ON_PURPOSE: &str = "#fail@";

/// What `cargo build` would do.
#[derive(Deserialize)]
struct Graph {
    units: Vec<Unit>,
}

/// One call of the compiler, or of a build script.
#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    target: Value,
    profile: Value,
    platform: Option<String>,
    mode: String,
    features: Vec<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    index: usize,
    extern_crate_name: String,
}

impl Unit {
    /// What tells it from others of its crate.
    fn shown(&self) -> String {
        let name = self.pkg_id.rsplit(['/', '#']).next().unwrap_or(&self.pkg_id);
        format!("{name} ({}) with {}", self.mode, self.features.join(","))
    }

    /// Whether it may differ: it is of this workspace, or differs on purpose. What is of the workspace is few and quickly built.
    fn may_differ(&self) -> bool {
        self.pkg_id.starts_with("path+file:") || self.pkg_id.contains(ON_PURPOSE)
    }
}

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let host = graph(workspace, &["-p".to_owned(), "lyceum".to_owned()])?;
    let mut everything = vec!["--bins".to_owned(), "--tests".to_owned()];
    everything.extend(selection());
    let everything = graph(workspace, &everything)?;
    // The same number in both is the same unit.
    let mut numbers = BTreeMap::new();
    let known: BTreeSet<usize> = numbered(&everything.units, &mut numbers)?.into_iter().collect();
    let own = numbered(&host.units, &mut numbers)?;
    let is_other = |index: usize| own.get(index).is_none_or(|number| !known.contains(number));
    let others = host.units.iter().enumerate().filter(|(index, unit)| is_other(*index) && !unit.may_differ());
    // What stands above one that differs, differs, too.
    let causes = others.filter(|(_, unit)| unit.dependencies.iter().all(|below| !is_other(below.index)));
    let causes: Vec<String> = causes.map(|(_, unit)| unit.shown()).collect();
    if !causes.is_empty() {
        bail!(
            "the host alone is built of other units than the workspace:\n    {}\nname what `cargo tree -i PACKAGE -e features` \
             shows beyond these in host/shared-features/Cargo.toml",
            causes.join("\n    ")
        );
    }
    Ok(())
}

/// What cargo would do; it tells so only to who asks for what isn't stable.
fn graph(workspace: &Workspace, selection: &[String]) -> anyhow::Result<Graph> {
    let mut command = cargo();
    command
        .current_dir(&workspace.root)
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["build", "--locked", "--release", "-Z", "unstable-options", "--unit-graph"])
        .args(selection);
    serde_json::from_str(&output(&mut command)?).context("cargo's graph of units has another form")
}

/// A number for each unit, the same for two that are alike with all that is below them.
fn numbered(units: &[Unit], numbers: &mut BTreeMap<String, usize>) -> anyhow::Result<Vec<usize>> {
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    let mut waiting: Vec<usize> = (0..units.len()).collect();
    while let Some(index) = waiting.pop() {
        if found.contains_key(&index) {
            continue;
        }
        let unit = units.get(index).context("a unit depends on one that isn't there")?;
        let below: Vec<usize> = unit.dependencies.iter().map(|below| below.index).collect();
        let missing: Vec<usize> = below.iter().copied().filter(|index| !found.contains_key(index)).collect();
        if !missing.is_empty() {
            waiting.push(index);
            waiting.extend(missing);
            continue;
        }
        let mut below: Vec<String> = unit
            .dependencies
            .iter()
            .filter_map(|below| Some(format!("{}={}", below.extern_crate_name, found.get(&below.index)?)))
            .collect();
        below.sort_unstable();
        let Unit { pkg_id, target, profile, platform, mode, features, .. } = unit;
        let key = format!("{pkg_id} {target} {profile} {platform:?} {mode} {features:?} {below:?}");
        let next = numbers.len();
        found.insert(index, *numbers.entry(key).or_insert(next));
    }
    Ok(found.into_values().collect())
}
