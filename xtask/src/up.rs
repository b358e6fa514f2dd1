//! `cargo xtask up`: from the sources to a Lyceum that runs.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::With;
use crate::components;
use crate::process::{cargo, run as run_command, show, step};
use crate::workspace::Workspace;

/// What follows `cargo xtask up`.
#[derive(clap::Args)]
pub struct Options {
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

impl Options {
    /// What stands behind the interfaces.
    pub fn with(&self) -> With {
        if self.lattice { With::Lattice } else { self.with }
    }

    /// Builds components and host, and gives the command that starts Lyceum.
    pub fn built(&self, workspace: &Workspace) -> anyhow::Result<Command> {
        components::build(workspace)?;
        step("building the host; the first time takes some minutes");
        run_command(cargo().current_dir(&workspace.root).args(["build", "--release", "-p", "lyceum"]))?;
        let mut lyceum = Command::new(workspace.program("release", "lyceum"));
        lyceum.current_dir(&workspace.root).arg("up").args(&self.arguments);
        // Compiling them takes a minute or more: a new data folder has no need to do it again.
        if std::env::var_os("LYCEUM_CACHE").is_none() {
            lyceum.env("LYCEUM_CACHE", workspace.compiled());
        }
        Ok(lyceum)
    }
}

/// Runs the task on what is embedded; comes back only if Lyceum can't be started.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut lyceum = options.built(&Workspace::find()?)?;
    step(format_args!("{} (Ctrl-C stops it)", show(&lyceum)));
    // Lyceum takes this process's place, so that Ctrl-C and every other signal reach it alone.
    Err(lyceum.exec()).context("can't start Lyceum")
}
