//! What a lattice is made of, as it was built.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Where the programs and images are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `lyceum-lattice`.
    pub lattice: PathBuf,
    /// `lyceum`, which migrates databases.
    pub lyceum: PathBuf,
    /// The folder of the images, named by version, with a folder `compiled` of what hosts have compiled.
    pub images: PathBuf,
    /// The folder of `spin.toml` and `wadm/lyceum.yaml`.
    pub application: PathBuf,
}

impl Programs {
    /// As `LYCEUM_LATTICE_BINARY`, `LYCEUM_BINARY`, `LYCEUM_LATTICE_IMAGES` and `LYCEUM_LATTICE_APPLICATION` say, which
    /// `cargo xtask test` sets.
    ///
    /// # Errors
    /// If one of them is not set.
    pub fn from_environment() -> Result<Self> {
        let folder = |name: &str| {
            let value = env::var_os(name).map(PathBuf::from);
            value.with_context(|| {
                format!("{name} is not set; `cargo xtask test` builds a lattice and sets it")
            })
        };
        Ok(Self {
            lattice: folder("LYCEUM_LATTICE_BINARY")?,
            lyceum: folder("LYCEUM_BINARY")?,
            images: folder("LYCEUM_LATTICE_IMAGES")?,
            application: folder("LYCEUM_LATTICE_APPLICATION")?,
        })
    }

    /// These, as the environment that [`from_environment`](Self::from_environment) reads.
    pub fn environment(&self) -> [(&'static str, &PathBuf); 4] {
        [
            ("LYCEUM_LATTICE_BINARY", &self.lattice),
            ("LYCEUM_BINARY", &self.lyceum),
            ("LYCEUM_LATTICE_IMAGES", &self.images),
            ("LYCEUM_LATTICE_APPLICATION", &self.application),
        ]
    }
}
