//! `cargo xtask lint`: everything that a reader of a change should not have to look for.

mod circles;
mod deployment;
mod features;
mod file_length;
mod lattice;
mod nats;
mod portable_sql;
mod rust_text;
pub(crate) mod sources;
mod unoptimised;
mod unused_dependencies;

use std::process::ExitCode;

use crate::released;
use crate::test::PROOFS;
use xtask::process::{cargo, run as run_command, step};
use xtask::tools::{CARGO_DENY, TYPOS};
use xtask::wasm::{TARGET, Toolchain};
use xtask::workspace::Workspace;

/// One check: its name and what it does.
type Check = (&'static str, fn(&Workspace) -> anyhow::Result<()>);

/// The part of `cargo deny` that asks no server.
const DENIED: [&str; 3] = ["bans", "licenses", "sources"];

const CHECKS: [Check; 17] = [
    ("file length", file_length::check),
    ("circles", circles::check),
    ("portable SQL", portable_sql::check),
    ("format", |workspace| {
        run_command(cargo().current_dir(&workspace.root).args(["fmt", "--all", "--check"]))
    }),
    ("format of the lattice", lattice::format),
    ("spelling", |workspace| run_command(TYPOS.ready()?.current_dir(&workspace.root))),
    ("features", features::check),
    ("unoptimised tests", unoptimised::check),
    ("unused dependencies", unused_dependencies::check),
    ("licences and sources", deny),
    ("licences and sources of the lattice", lattice::deny),
    ("what was released", released::check),
    ("deployment", deployment::check),
    ("deployment of NATS", nats::check),
    ("clippy for the host", clippy),
    ("clippy for components", clippy_for_components),
    ("clippy for the lattice", lattice::clippy),
];

/// What follows `cargo xtask lint`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only checks whose names contain this, such as "lattice".
    filter: Option<String>,
}

/// Runs the checks, also after one has failed, and ends with a line `N passed, N failed`.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let wanted = options.filter.as_deref().unwrap_or_default();
    let checks: Vec<Check> = CHECKS.into_iter().filter(|(name, _)| name.contains(wanted)).collect();
    if checks.is_empty() {
        let names = CHECKS.map(|(name, _)| name).join(", ");
        anyhow::bail!("no check is called {wanted:?}; there are: {names}");
    }
    let (mut failed, count) = (0, checks.len());
    for (name, check) in checks {
        step(format_args!("checking: {name}"));
        if let Err(error) = check(&workspace) {
            eprintln!("error: {name}: {error:#}");
            failed += 1;
        }
    }
    println!("{} passed, {failed} failed", count - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn deny(workspace: &Workspace) -> anyhow::Result<()> {
    let check = ["--workspace", "check", "--hide-inclusion-graph"];
    run_command(CARGO_DENY.ready()?.current_dir(&workspace.root).args(check).args(DENIED))
}

/// With the profile that the tests are built with: build scripts and macros are then built for both at once.
fn clippy(workspace: &Workspace) -> anyhow::Result<()> {
    let clippy = ["clippy", "--release", "--workspace", "--all-targets", "--features", PROOFS];
    run_command(cargo().current_dir(&workspace.root).args(clippy).args(["--", "-D", "warnings"]))
}

/// The parts of a component that exist on its own target only.
fn clippy_for_components(workspace: &Workspace) -> anyhow::Result<()> {
    if let Toolchain::Debian { .. } = Toolchain::ready()? {
        eprintln!("skipped: Debian's Rust for the web has no clippy");
        return Ok(());
    }
    let ids = workspace.own_components()?;
    let packages = ids.iter().flat_map(|id| ["-p".to_owned(), format!("lyceum-{id}")]);
    let mut command = cargo();
    let clippy = ["clippy", "--profile", "component", "--target", TARGET];
    command.current_dir(&workspace.root).args(clippy).args(packages);
    run_command(command.args(["-p", "lyceum-kit", "--", "-D", "warnings"]))
}
