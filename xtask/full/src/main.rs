//! The tasks of `cargo xtask` that need more than a build: tests, benchmarks, lints, real servers, the lattice.
//!
//! `cargo xtask` compiles and starts this program when one of them is asked for. Start reading at the
//! subcommands below; each has a module of its name.

#![forbid(unsafe_code)]

mod bench;
mod dist;
mod lattice;
mod lint;
mod manifests;
mod real;
mod released;
mod test;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, starts, tests and checks Lyceum.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and starts Lyceum on private servers or on a lattice; Ctrl-C stops it.
    Up(xtask::up::Options),
    /// Builds everything as for production into ./dist: slow to build, faster to run.
    Dist(dist::Options),
    /// Builds what runs on a wasmCloud lattice, and lays its images out in ./build/lattice.
    Lattice,
    /// Makes wadm/lyceum.yaml, the manifest of the lattice, from spin.toml.
    Manifests,
    /// Builds everything and runs the tests; ends with a line `N passed, N failed`.
    Test(test::Options),
    /// Measures Lyceum beside a native server and writes docs/benchmarks.md.
    Bench(bench::Options),
    /// Takes the present API and events for what is given out, which `lint` holds later ones against.
    Released(released::Options),
    /// Checks format, lints, licences, unused dependencies, spelling and the rules of the house.
    Lint(lint::Options),
}

fn main() -> ExitCode {
    let done = match Options::parse().command {
        Task::Up(options) => up::run(&options),
        Task::Dist(options) => dist::run(&options),
        Task::Lattice => lattice::build(),
        Task::Manifests => manifests::run(),
        Task::Test(options) => Ok(test::run(&options)),
        Task::Bench(options) => bench::run(&options),
        Task::Released(options) => released::run(&options),
        Task::Lint(options) => lint::run(&options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
