//! A deployment before its first start.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::{Console, Database, Lyceum, Setup};

/// A deployment that was not started yet.
pub struct Prepared {
    database: Database,
    setup: Setup,
    folder: TempDir,
}

impl Prepared {
    /// Makes its folder and its database, with nothing in them.
    pub fn new(setup: Setup) -> Result<Self> {
        let database = setup.backend.database()?;
        Self::on(setup, database)
    }

    pub(super) fn on(setup: Setup, database: Database) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lyceum-test-").tempdir().context("make a folder")?;
        setup.manifest.write(folder.path())?;
        share_compiled_code(&folder.path().join("data"))?;
        Ok(Self { database, setup, folder })
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The program's commands on it.
    pub fn console(&self) -> Console {
        Console {
            folder: self.folder.path().to_owned(),
            database: self.database.clone(),
            setup: self.setup.clone(),
        }
    }

    /// Starts it and waits until it is ready.
    pub async fn start(self) -> Result<Lyceum> {
        Lyceum::start_in(self.folder, self.setup, self.database).await
    }
}

/// All deployments of a test run compile the same components: the first does it for all.
fn share_compiled_code(data: &Path) -> Result<()> {
    let shared = std::env::temp_dir().join("lyceum-test-compiled");
    fs::create_dir_all(&shared).and_then(|()| fs::create_dir_all(data)).context("make a folder")?;
    std::os::unix::fs::symlink(shared, data.join("cache")).context("link the folder of compiled code")
}
