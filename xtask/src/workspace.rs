//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Context;
use lyceum_manifest::{Manifest, Report, Trust};

/// The source tree and the folder that cargo builds into.
pub struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Wherever cargo was told to build: asked for, never assumed to be `target`.
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace in which this runs.
    pub fn find() -> anyhow::Result<Self> {
        let metadata = cargo_metadata::MetadataCommand::new()
            .no_deps()
            .exec()
            .context("can't ask cargo where the workspace is; run this inside it")?;
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
        })
    }

    /// The application's manifest.
    pub fn manifest_path(&self) -> PathBuf {
        self.root.join("spin.toml")
    }

    /// What that manifest says.
    pub fn manifest(&self) -> anyhow::Result<Manifest> {
        let path = self.manifest_path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        Ok(Manifest::parse(Path::new("spin.toml"), &text).map_err(Report)?)
    }

    /// The ids of our own components, whose crates are `lyceum-<id>` and whose files are in `build/`.
    pub fn own_components(&self) -> anyhow::Result<Vec<String>> {
        let own = self.manifest()?.components.into_values().filter(|component| component.trust == Trust::Own);
        Ok(own.map(|component| component.id).collect())
    }

    /// Where compiled components are kept: beside the program that compiles them.
    pub fn compiled(&self) -> PathBuf {
        self.target.join("compiled-components")
    }

    /// A program after a build with this profile.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(name)
    }
}
