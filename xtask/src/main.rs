//! `cargo xtask`: everything that is done to the source tree.
//!
//! `cargo xtask up` and `cargo xtask test` do all that they need on a fresh machine: what is missing is
//! installed, with a word about it. Each command that is run is shown, so that it can be repeated by
//! hand. `up`, `components` and `new` are here; the others are in the package `xtask-full`.

#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use xtask::process::cargo;
use xtask::workspace::Workspace;
use xtask::{With, components, new_service, up};

/// Builds, starts, tests and checks Lyceum.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds components and host and starts Lyceum, with data in ./data; Ctrl-C stops it.
    Up(up::Options),
    /// Builds the components into ./build.
    Components,
    /// Writes what a person begins with.
    New {
        #[command(subcommand)]
        what: New,
    },
    /// Builds everything as for production into ./dist: slow to build, faster to run.
    #[command(disable_help_flag = true)]
    Dist(Rest),
    /// Builds what runs on a wasmCloud lattice, and lays its images out in ./build/lattice.
    #[command(disable_help_flag = true)]
    Lattice(Rest),
    /// Makes wadm/lyceum.yaml, the manifest of the lattice, from spin.toml.
    #[command(disable_help_flag = true)]
    Manifests(Rest),
    /// Builds everything and runs the tests; ends with a line `N passed, N failed`.
    #[command(disable_help_flag = true)]
    Test(Rest),
    /// Measures Lyceum beside a native server and writes docs/benchmarks.md.
    #[command(disable_help_flag = true)]
    Bench(Rest),
    /// Takes the present API and events for what is given out, which `lint` holds later ones against.
    #[command(disable_help_flag = true)]
    Released(Rest),
    /// Checks format, lints, licences, unused dependencies, spelling and the rules of the house.
    #[command(disable_help_flag = true)]
    Lint(Rest),
}

#[derive(Subcommand)]
enum New {
    /// Writes a service that compiles, passes its tests and is plugged in.
    Service(new_service::Options),
}

/// What follows a task that is not here.
#[derive(Args)]
struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    let done = match Options::parse().command {
        Task::Up(options) if options.with() == With::Embedded => up::run(&options),
        Task::Components => components::run(),
        Task::New { what: New::Service(options) } => new_service::run(&options),
        Task::Up(_)
        | Task::Dist(_)
        | Task::Lattice(_)
        | Task::Manifests(_)
        | Task::Test(_)
        | Task::Bench(_)
        | Task::Released(_)
        | Task::Lint(_) => full(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Compiles the program with all tasks, and becomes it; comes back only if that fails.
fn full() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let build = ["build", "--quiet", "--package", "xtask-full"];
    let status = cargo().current_dir(&workspace.root).args(build).status();
    if !status.context("can't start cargo")?.success() {
        anyhow::bail!("xtask-full can't be built");
    }
    let program = workspace.program("debug", "xtask-full");
    let error = Command::new(&program).args(std::env::args_os().skip(1)).exec();
    Err(error).with_context(|| format!("can't start {}", program.display()))
}
