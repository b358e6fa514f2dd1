//! `cargo xtask up`: from the sources to a Lyceum that runs.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::With;
use crate::components;
use crate::lattice;
use crate::process::{cargo, run as run_command, show, step};
use crate::real;
use crate::workspace::Workspace;

/// What follows `cargo xtask up`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// What stands behind the interfaces.
    #[arg(long, value_enum, default_value_t = With::Embedded)]
    with: With,
    /// Short for `--with lattice`.
    #[arg(long, conflicts_with_all = ["with", "arguments"])]
    lattice: bool,
    /// Passed on to `lyceum up`; `cargo xtask up -- --help` shows what it takes.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the task; comes back only if Lyceum can't be started.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    components::build(&workspace)?;
    step("building the host; the first time takes some minutes");
    run_command(cargo().current_dir(&workspace.root).args(["build", "--release", "-p", "lyceum"]))?;
    if options.lattice || options.with == With::Lattice {
        return lattice::up(&workspace);
    }
    let program = workspace.program("release", "lyceum");
    let mut lyceum = Command::new(&program);
    lyceum.current_dir(&workspace.root).arg("up").args(&options.arguments);
    if options.with == With::Real {
        return real::up(&mut lyceum);
    }
    step(format_args!("{} (Ctrl-C stops it)", show(&lyceum)));
    // Lyceum takes this process's place, so that Ctrl-C and every other signal reach it alone.
    Err(lyceum.exec()).with_context(|| format!("can't start {}", program.display()))
}
