//! The binary `lyceum`: runs, checks and operates a Lyceum application.
//!
//! Start reading at [`commands::up`], which joins the manifest, the runtime and the capabilities; every
//! other command uses a part of the same.

#![forbid(unsafe_code)]
// They panic where nobody reads: see lyceum-console.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod addresses;
mod admin;
mod application;
mod backup;
mod clock;
mod commands;
mod databases;
mod event_log;
#[cfg(feature = "failpoints")]
mod failpoints;
mod import;
mod logs;
mod memory;
mod rebuild;
mod secret;
mod settings;
mod streams;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Requests are many small allocations on several threads, where the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs, checks and operates Lyceum.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the application and serve it until Ctrl-C or SIGTERM
    Up(commands::up::Options),
    /// Check the manifest, the environment and every component; print all mistakes at once
    Check(commands::check::Options),
    /// Bring every service's database up to date
    Migrate(commands::migrate::Options),
    /// Look into the event log and the dead letters
    Events(commands::events::Options),
    /// Copy everything that services keep, as of one moment, while they run
    Backup(commands::backup::Options),
    /// Put a backup where nothing is yet
    Restore(commands::restore::Options),
    /// Take the records of an older system over, while the application runs
    Import(commands::import::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ran = match cli.command {
        Command::Up(options) => commands::up::run(options),
        Command::Check(options) => commands::check::run(&options),
        Command::Migrate(options) => commands::migrate::run(&options),
        Command::Events(options) => commands::events::run(options),
        Command::Backup(options) => commands::backup::run(&options),
        Command::Restore(options) => commands::restore::run(&options),
        Command::Import(options) => return ended(commands::import::run(&options)),
    };
    ended(ran.map(|()| ExitCode::SUCCESS))
}

fn ended(ran: anyhow::Result<ExitCode>) -> ExitCode {
    ran.unwrap_or_else(|error| {
        lyceum_console::remark(format!("error: {error:#}"));
        ExitCode::FAILURE
    })
}
