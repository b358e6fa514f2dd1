//! `cargo xtask up` on more than what is embedded.

use std::process::ExitCode;

use xtask::With;
use xtask::up::{Options, run as run_embedded};
use xtask::workspace::Workspace;

use crate::{lattice, real};

/// Runs the task.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if options.with() == With::Embedded {
        return run_embedded(options);
    }
    let workspace = Workspace::find()?;
    let mut lyceum = options.built(&workspace)?;
    if options.with() == With::Lattice { lattice::up(&workspace) } else { real::up(&mut lyceum) }
}
