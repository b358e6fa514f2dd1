//! `lyceum-lattice`: Lyceum's components on a wasmCloud lattice.
//!
//! A lattice is a set of hosts that NATS joins. wadm tells them what to run, from a manifest; providers, one process each,
//! stand behind the components' interfaces. This program is a host, is wadm, and speaks to both; each subcommand is a module
//! of `commands`. What it shares with `lyceum` are the components and the capability crates, never the engine.
//!
//! Start reading at [`commands::host`].

#![forbid(unsafe_code)]
// They panic where nobody reads: see lyceum-console.
#![deny(clippy::print_stderr, clippy::print_stdout)]
// The host's futures are deep: `rustc` says so otherwise.
#![recursion_limit = "512"]

mod application;
mod commands;
mod configurations;
mod connection;
mod figures;
mod gather;
mod key;
mod scaling;
mod signals;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lyceum_console::logs::{self, Format};
use lyceum_console::remark;

use crate::connection::Lattice;

/// Calls are many small allocations on several threads, where the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs Lyceum's components on a wasmCloud lattice.
#[derive(Parser)]
#[command(name = "lyceum-lattice", version)]
struct Arguments {
    #[command(flatten)]
    lattice: Lattice,
    /// The form of the log on standard error, which a host's providers have as well; what is logged is RUST_LOG's to say
    #[arg(long, value_enum, default_value = "human", env = "LYCEUM_LOG_FORMAT", global = true)]
    log_format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a host, which runs the components and providers that it is told to
    Host(commands::host::Options),
    /// Run wadm, which tells hosts what to run
    Wadm(commands::wadm::Options),
    /// Tell the lattice what the environment says of servers, addresses and secrets
    Configure(Box<commands::configure::Options>),
    /// Say what wadm would find wrong with a manifest
    Check(commands::check::Options),
    /// Hand a manifest to wadm and have it deployed
    Deploy(commands::deploy::Options),
    /// Have wadm take an application down
    Undeploy(commands::undeploy::Options),
    /// Run a version of a component beside it
    Release(commands::release::Options),
    /// Show or set how calls are shared between versions
    Weights(commands::weights::Options),
    /// Make a version the component that it is a version of
    Promote(commands::promote::Options),
    /// Take a version away
    Withdraw(commands::withdraw::Options),
    /// Show the figures of all hosts and providers, or serve them to Prometheus
    Metrics(commands::metrics::Options),
    /// Set how many requests a component takes at once, or have it follow the load
    Scale(commands::scale::Options),
    /// Show what wadm makes of the applications, and what runs on which host
    Status(commands::status::Options),
    /// Make the keys that NATS knows the programs of a lattice by
    Keys(commands::keys::Options),
    /// Pack a provider's program into an archive that hosts take
    Par(commands::par::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { lattice, log_format, command } = Arguments::parse();
    if let Err(error) = logs::start(logs::filter_on_a_lattice(), log_format) {
        remark(format!("error: {error}"));
        return ExitCode::FAILURE;
    }
    let done = match command {
        Command::Host(options) => Box::pin(commands::host::run(&lattice, log_format, options)).await,
        Command::Wadm(options) => Box::pin(commands::wadm::run(&lattice, &options)).await,
        Command::Configure(options) => commands::configure::run(&lattice, &options).await,
        Command::Check(options) => commands::check::run(&options).await,
        Command::Deploy(options) => commands::deploy::run(&lattice, &options).await,
        Command::Undeploy(options) => commands::undeploy::run(&lattice, &options).await,
        Command::Release(options) => commands::release::run(&lattice, &options).await,
        Command::Weights(options) => commands::weights::run(&lattice, &options).await,
        Command::Promote(options) => commands::promote::run(&lattice, &options).await,
        Command::Withdraw(options) => commands::withdraw::run(&lattice, &options).await,
        Command::Metrics(options) => commands::metrics::run(&lattice, &options).await,
        Command::Scale(options) => commands::scale::run(&lattice, &options).await,
        Command::Status(options) => commands::status::run(&lattice, &options).await,
        Command::Keys(options) => commands::keys::run(&options),
        Command::Par(options) => commands::par::run(&options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            remark(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_go_together() {
        super::Arguments::command().debug_assert();
    }
}
