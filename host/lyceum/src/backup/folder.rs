//! The folder that a backup is.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use super::description::{Description, FORMAT, Sum};

const DESCRIPTION: &str = "backup.json";
const BUFFER: usize = 1 << 16;

/// A backup that is being made, or read.
pub(crate) struct Folder {
    path: PathBuf,
    sums: BTreeMap<String, Sum>,
}

impl Folder {
    /// A new one, for its owner's eyes alone: it holds everything that Lyceum knows.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        if let Ok(mut entries) = fs::read_dir(path)
            && entries.next().is_some()
        {
            bail!("{} is not empty; name a new folder", path.display());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("make the folder {}", path.display()))?;
        Ok(Self { path: path.to_owned(), sums: BTreeMap::new() })
    }

    /// One that is whole, with what it says of itself.
    pub(crate) fn open(path: &Path) -> Result<(Self, Description)> {
        let file = path.join(DESCRIPTION);
        ensure!(
            file.is_file(),
            "{} is no backup, or one that was not finished: it has no {DESCRIPTION}",
            path.display()
        );
        let damaged = || format!("{} is damaged", file.display());
        let text = fs::read_to_string(&file).with_context(damaged)?;
        let format: serde_json::Value = serde_json::from_str(&text).with_context(damaged)?;
        let format = format.get("format").and_then(serde_json::Value::as_u64).with_context(damaged)?;
        ensure!(
            format == u64::from(FORMAT),
            "{} has format {format}; this program reads format {FORMAT}",
            path.display()
        );
        let description: Description = serde_json::from_str(&text).with_context(damaged)?;
        Ok((Self { path: path.to_owned(), sums: description.files.clone() }, description))
    }

    /// Where a file of it is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where a file of it is to be, in a folder that is made.
    pub(crate) fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
        }
        Ok(path)
    }

    /// Notes what a file is, once it is written. Returns its size in bytes.
    pub(crate) fn note(&mut self, name: &str) -> Result<u64> {
        let sum = sum(&self.path(name))?;
        let bytes = sum.bytes;
        self.sums.insert(name.to_owned(), sum);
        Ok(bytes)
    }

    /// What was noted.
    pub(crate) fn sums(&self) -> BTreeMap<String, Sum> {
        self.sums.clone()
    }

    /// Makes the folder a backup.
    pub(crate) fn finish(self, description: &Description) -> Result<()> {
        let (file, unfinished) = (self.path.join(DESCRIPTION), self.path.join("backup.json.new"));
        let write = || -> std::io::Result<()> {
            fs::write(&unfinished, serde_json::to_vec_pretty(description)?)?;
            File::open(&unfinished)?.sync_all()?;
            fs::rename(&unfinished, &file)?;
            File::open(&self.path)?.sync_all()
        };
        write().with_context(|| format!("write {}", file.display()))
    }

    /// Refuses files that are not what was written.
    pub(crate) fn verify(&self) -> Result<()> {
        for (name, written) in &self.sums {
            let found = sum(&self.path(name)).context("the backup is damaged")?;
            ensure!(
                found == *written,
                "the backup is damaged: {} has {} bytes with the SHA-256 {}, but was written with {} and {}",
                self.path(name).display(),
                found.bytes,
                found.sha256,
                written.bytes,
                written.sha256
            );
        }
        Ok(())
    }
}

/// Reads a file, after it was synced to disk.
fn sum(path: &Path) -> Result<Sum> {
    let read = || -> std::io::Result<Sum> {
        let mut file = File::open(path)?;
        file.sync_all()?;
        let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
        loop {
            let length = file.read(&mut buffer)?;
            let Some(read) = buffer.get(..length).filter(|read| !read.is_empty()) else { break };
            digest.update(read);
            bytes += length as u64;
        }
        Ok(Sum { bytes, sha256: format!("{:x}", digest.finalize()) })
    };
    read().with_context(|| format!("read {}", path.display()))
}
