//! What concerns `host/lattice`, a workspace of its own.

pub(crate) mod images;
mod sources;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::mpsc;

use anyhow::{Context, Result};
use lyceum_private_lattice::{ADMIN, Lattice as Running, Options, Programs};

use xtask::components;
use xtask::process::{cargo, run, step};
use xtask::workspace::Workspace;

/// The workspace of the lattice.
pub(crate) struct Lattice {
    /// The folder of its `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where it is built: beside what the main workspace builds, of which cargo would remove nothing but also share
    /// nothing.
    target: PathBuf,
    /// Cargo's profile, after which the folder of the programs is called.
    profile: &'static str,
}

impl Lattice {
    /// The workspace, with the sources that it needs laid out.
    pub(crate) fn ready(workspace: &Workspace) -> Result<Self> {
        let root = workspace.root.join("host/lattice");
        sources::lay_out(&root)?;
        Ok(Self { root, target: workspace.target.join("lattice"), profile: "debug" })
    }

    /// Cargo in that workspace.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root).arg(subcommand).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Builds host, wadm and providers.
    pub(crate) fn built(workspace: &Workspace) -> Result<Self> {
        let lattice = Self::ready(workspace)?;
        step("building the lattice; the first time takes ten minutes");
        run(lattice.cargo("build").arg("--workspace"))?;
        Ok(lattice)
    }

    /// The same with all optimisations.
    pub(crate) fn released(workspace: &Workspace) -> Result<Self> {
        let lattice = Self { profile: "release", ..Self::ready(workspace)? };
        step("building the lattice with all optimisations; the first time takes half an hour");
        run(lattice.cargo("build").args(["--workspace", "--release"]))?;
        Ok(lattice)
    }

    /// One of its programs, once it is built.
    pub(crate) fn program(&self, name: &str) -> Result<PathBuf> {
        let program = self.target.join(self.profile).join(name);
        std::fs::canonicalize(&program).with_context(|| format!("find {}", program.display()))
    }
}

/// Builds what a lattice consists of, beside components and `lyceum`, and lays its images out.
pub(crate) fn built(workspace: &Workspace) -> Result<Programs> {
    programs(workspace, &Lattice::built(workspace)?)
}

/// The same with all optimisations.
pub(crate) fn released(workspace: &Workspace) -> Result<Programs> {
    programs(workspace, &Lattice::released(workspace)?)
}

fn programs(workspace: &Workspace, lattice: &Lattice) -> Result<Programs> {
    Ok(Programs {
        lattice: lattice.program("lyceum-lattice")?,
        lyceum: workspace.program("release", "lyceum"),
        images: images::lay_out(workspace, lattice)?,
        application: workspace.root.clone(),
    })
}

/// Builds everything that the lattice runs into `build/lattice`.
pub(crate) fn build() -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    components::build(&workspace)?;
    let programs = built(&workspace)?;
    step(format_args!("{} has the images", programs.images.display()));
    Ok(ExitCode::SUCCESS)
}

/// Runs the application on a lattice of this machine until Ctrl-C.
pub(crate) fn up(workspace: &Workspace) -> Result<ExitCode> {
    let programs = built(workspace)?;
    let (sender, stop) = mpsc::channel();
    ctrlc::set_handler(move || sender.send(()).unwrap_or_default()).context("listen for Ctrl-C")?;
    step("starting private servers, wadm and three hosts; what they hold goes when they end");
    let running = Running::start_with(programs, &Options::default())?;
    for host in running.hosts() {
        println!(
            "    http://{}  host {}, log in {}",
            host.address,
            host.name,
            host.program.log_file().display()
        );
    }
    println!("    wadm's log is in {}", running.wadm().log_file().display());
    println!("    the admin is {} with the password {:?}", ADMIN.0, ADMIN.1);
    for (name, value) in running.environment().filter(|(name, _)| name.starts_with("LYCEUM_LATTICE")) {
        println!("    export {name}={value}");
    }
    println!("    {} status", running.programs().lattice.display());
    step("Lyceum runs on a lattice of three hosts (Ctrl-C stops it)");
    stop.recv()?;
    step("stopping");
    Ok(ExitCode::SUCCESS)
}
