//! The files in `deploy/`, by the programs that know their formats.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use xtask::process::run;
use xtask::tools::{CHECK_JSONSCHEMA, HADOLINT, KUBERNETES_VALIDATE};
use xtask::workspace::Workspace;

/// Where programs stand in systemd units; on the machine that checks them there are none.
const PROGRAMS: &str = "ExecStart=/opt/lyceum/";
/// Resources in one, which the program that checks them passes over.
const LIST: &str = "List";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let deploy = workspace.root.join("deploy");
    for folder in [deploy.clone(), deploy.join("lattice")] {
        kubernetes(&folder.join("kubernetes"))?;
        let compose = ["--quiet", "--builtin-schema", "vendor.compose-spec"];
        run(CHECK_JSONSCHEMA.ready()?.args(compose).arg(folder.join("compose.yaml")))?;
        run(HADOLINT.ready()?.arg(folder.join("Containerfile")))?;
        haproxy(&folder.join("haproxy.cfg"))?;
    }
    for unit in files(&deploy.join("systemd"))? {
        systemd(&unit)?;
    }
    Ok(())
}

fn kubernetes(folder: &Path) -> anyhow::Result<()> {
    let copies = tempfile::tempdir().context("can't make a folder")?;
    let mut resources = Vec::new();
    for file in files(folder)? {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        let resource: Value =
            serde_yaml_ng::from_str(&text).with_context(|| format!("{} is no YAML", file.display()))?;
        if resource.get("kind").and_then(Value::as_str) != Some(LIST) {
            resources.push(file);
            continue;
        }
        let name = file.file_stem().context("a file has a name")?.to_string_lossy();
        let items = resource.get("items").and_then(Value::as_array);
        let items = items.with_context(|| format!("{} has no items", file.display()))?;
        for (number, item) in items.iter().enumerate() {
            let single = copies.path().join(format!("{name}-{number}.json"));
            std::fs::write(&single, item.to_string()).context("can't write a copy")?;
            resources.push(single);
        }
    }
    run(KUBERNETES_VALIDATE.ready()?.args(["--quiet", "--strict"]).args(resources))
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.sort();
    anyhow::ensure!(!files.is_empty(), "{} is empty", folder.display());
    Ok(files)
}

fn haproxy(file: &Path) -> anyhow::Result<()> {
    if !answers("haproxy", "-v") {
        let install = ["install", "-y", "--no-install-recommends", "haproxy"];
        let installed =
            Command::new("apt-get").args(install).env("DEBIAN_FRONTEND", "noninteractive").output();
        if !installed.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: haproxy is missing and can't be installed");
            return Ok(());
        }
    }
    run(Command::new("haproxy").args(["-c", "-q", "-f"]).arg(file))
}

fn systemd(file: &Path) -> anyhow::Result<()> {
    if !answers("systemd-analyze", "--version") {
        eprintln!("skipped: systemd-analyze is missing");
        return Ok(());
    }
    let unit = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    anyhow::ensure!(unit.contains(PROGRAMS), "{} does not start the program", file.display());
    let there = |line: &str| if line.starts_with(PROGRAMS) { "ExecStart=/bin/true" } else { line }.to_owned();
    let unit: Vec<_> = unit.lines().map(there).collect();
    let folder = tempfile::tempdir().context("can't make a folder")?;
    let copy = folder.path().join(file.file_name().context("a unit has a name")?);
    std::fs::write(&copy, unit.join("\n")).context("can't write a copy")?;
    run(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(copy))
}

fn answers(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}
