//! `cargo xtask lint`: everything that a reader of a change should not have to look for.

mod deployment;
mod file_length;
mod portable_sql;
mod rust_text;
mod sources;

use std::process::ExitCode;

use crate::process::{cargo, run as run_command, step};
use crate::tools::{CARGO_DENY, CARGO_MACHETE, TYPOS};
use crate::wasm::{TARGET, Toolchain};
use crate::workspace::Workspace;

/// One check: its name and what it does.
type Check = (&'static str, fn(&Workspace) -> anyhow::Result<()>);

const CHECKS: [Check; 9] = [
    ("file length", file_length::check),
    ("portable SQL", portable_sql::check),
    ("format", |workspace| {
        run_command(cargo().current_dir(&workspace.root).args(["fmt", "--all", "--check"]))
    }),
    ("spelling", |workspace| run_command(TYPOS.ready()?.current_dir(&workspace.root))),
    ("unused dependencies", |workspace| {
        // Run by cargo it would take its first argument for its own name; run by xtask it would not.
        run_command(CARGO_MACHETE.ready()?.current_dir(&workspace.root).env_remove("CARGO").arg("."))
    }),
    ("licences and sources", deny),
    ("deployment", deployment::check),
    ("clippy for the host", clippy),
    ("clippy for components", clippy_for_components),
];

/// Runs every check, also after one has failed, and ends with a line `N passed, N failed`.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let mut failed = 0;
    for (name, check) in CHECKS {
        step(format_args!("checking: {name}"));
        if let Err(error) = check(&workspace) {
            eprintln!("error: {name}: {error:#}");
            failed += 1;
        }
    }
    println!("{} passed, {failed} failed", CHECKS.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn deny(workspace: &Workspace) -> anyhow::Result<()> {
    // The part of `cargo deny` that asks no server.
    let check = ["--workspace", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    run_command(CARGO_DENY.ready()?.current_dir(&workspace.root).args(check))
}

fn clippy(workspace: &Workspace) -> anyhow::Result<()> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run_command(cargo().current_dir(&workspace.root).args(clippy))
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
    command.current_dir(&workspace.root).args(["clippy", "--target", TARGET]).args(packages);
    run_command(command.args(["-p", "lyceum-kit", "--", "-D", "warnings"]))
}
