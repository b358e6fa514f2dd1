//! Everything that is done to the source tree: building, starting, testing and checking it.
//!
//! `cargo xtask up` and `cargo xtask test` do all that they need on a fresh machine: what is missing is
//! installed, with a word about it. Each command that is run is shown, so that it can be repeated by
//! hand. Start reading at the subcommands below; each has a module of its name.

#![forbid(unsafe_code)]

mod bench;
mod components;
mod dist;
mod lattice;
mod lint;
mod manifests;
mod process;
mod real;
mod test;
mod tools;
mod up;
mod wasm;
mod workspace;

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
    /// Builds components and host and starts Lyceum, with data in ./data; Ctrl-C stops it.
    Up(up::Options),
    /// Builds the components into ./build.
    Components,
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
    /// Checks format, lints, licences, unused dependencies, spelling and the rules of the house.
    Lint(lint::Options),
}

/// What stands behind Lyceum's interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum With {
    /// SQLite, memory and files inside the host.
    Embedded,
    /// Private copies of real servers on free ports: PostgreSQL, Redis, NATS, a MongoDB server, an S3 server and a mail
    /// server.
    Real,
    /// The same servers, and three hosts of a wasmCloud lattice.
    Lattice,
}

fn main() -> ExitCode {
    let done = match Options::parse().command {
        Task::Up(options) => up::run(&options),
        Task::Components => components::run(),
        Task::Dist(options) => dist::run(&options),
        Task::Lattice => lattice::build(),
        Task::Manifests => manifests::run(),
        Task::Test(options) => Ok(test::run(&options)),
        Task::Bench(options) => bench::run(&options),
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
