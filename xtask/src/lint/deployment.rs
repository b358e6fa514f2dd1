//! The files in `deploy/`, by the programs that know their formats.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process::run;
use crate::tools::{CHECK_JSONSCHEMA, HADOLINT, KUBERNETES_VALIDATE};
use crate::workspace::Workspace;

/// Where the program stands in the systemd unit; on the machine that checks it there is none.
const PROGRAM: &str = "ExecStart=/opt/lyceum/lyceum ";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let deploy = workspace.root.join("deploy");
    let resources = files(&deploy.join("kubernetes"))?;
    run(KUBERNETES_VALIDATE.ready()?.args(["--quiet", "--strict"]).args(resources))?;
    let compose = ["--quiet", "--builtin-schema", "vendor.compose-spec"];
    run(CHECK_JSONSCHEMA.ready()?.args(compose).arg(deploy.join("compose.yaml")))?;
    run(HADOLINT.ready()?.arg(deploy.join("Containerfile")))?;
    haproxy(&deploy.join("haproxy.cfg"))?;
    systemd(&deploy.join("systemd/lyceum.service"))
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
    anyhow::ensure!(unit.contains(PROGRAM), "{} does not start the program", file.display());
    let folder = tempfile::tempdir().context("can't make a folder")?;
    let copy = folder.path().join("lyceum.service");
    std::fs::write(&copy, unit.replace(PROGRAM, "ExecStart=/bin/true ")).context("can't write a copy")?;
    run(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(copy))
}

fn answers(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}
