//! What the operator does.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Manifest, workspace};
use lyceum_private_lattice::{Lattice, Options};
use serde_yaml_ng::Value;
use tempfile::TempDir;

/// The component's manifest, as an operator writes it.
const NOTEBOOK: &str = include_str!("notebook.yaml");

/// What is plugged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plugged {
    /// The component with all its links.
    Whole,
    /// All but its link to the documents, which stay where they are.
    WithoutDocuments,
}

/// The operator, with the lattice and a folder for files.
pub(crate) struct Operator {
    pub(crate) lattice: Lattice,
    folder: TempDir,
}

impl Operator {
    /// Starts the lattice, on which only the application runs.
    pub(crate) fn start() -> Result<Self> {
        let lattice = tokio::task::block_in_place(|| Lattice::start(&Options::default()))?;
        Ok(Self { lattice, folder: tempfile::tempdir()? })
    }

    /// Adds the component to the application's `spin.toml`: then its collections can be made, and the running application
    /// learns of its routes and of who may call it.
    pub(crate) fn prepare(&self) -> Result<()> {
        let manifest = Manifest::of_repository()?.with_notebook()?.write(self.folder.path())?;
        let programs = self.lattice.programs();
        let migrate = ["migrate", "--single-host", "--manifest"];
        self.run(Command::new(&programs.lyceum).args(migrate).arg(&manifest))?;
        self.run(self.lattice.command().args(["configure", "--manifest"]).arg(&manifest))
    }

    /// Deploys the component beside the application.
    pub(crate) fn deploy(&self, version: &str, plugged: Plugged) -> Result<()> {
        let images = &self.lattice.programs().images;
        fs::copy(workspace().join("build/notebook.wasm"), images.join("notebook-0.1.0.wasm"))?;
        let mut manifest: Value = serde_yaml_ng::from_str(NOTEBOOK)?;
        manifest["metadata"]["annotations"]["version"] = version.into();
        if plugged == Plugged::WithoutDocuments {
            let links = manifest["spec"]["components"][0]["traits"].as_sequence_mut().context("traits")?;
            let before = links.len();
            links.retain(|link| link["properties"]["package"] != "data");
            ensure!(links.len() + 1 == before, "it has one link to the documents");
        }
        let file = self.folder.path().join("notebook.yaml");
        fs::write(&file, serde_yaml_ng::to_string(&manifest)?)?;
        let images = self.lattice.images();
        self.run(self.lattice.command().arg("deploy").arg(&file).args(["--images", &images]))
    }

    /// Takes the component away.
    pub(crate) fn remove(&self) -> Result<()> {
        self.run(self.lattice.command().args(["undeploy", "notebook"]))
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        command.envs(self.lattice.environment()).current_dir(self.folder.path());
        let done = tokio::task::block_in_place(|| command.output())?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "{command:?}: {said}");
        Ok(())
    }
}
