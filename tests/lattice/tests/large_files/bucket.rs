//! What is in the bucket, seen past its server.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use lyceum_private_lattice::Lattice;

/// The folder that the objects are files in.
pub(crate) struct Bucket(PathBuf);

impl Bucket {
    /// That of the lattice.
    pub(crate) fn of(lattice: &Lattice) -> Self {
        Self(lattice.servers().s3.bucket("lyceum"))
    }

    /// What is stored.
    pub(crate) fn objects(&self) -> Result<BTreeSet<PathBuf>> {
        Ok(files(&self.0)?.into_iter().filter(|file| !self.is_unfinished(file)).collect())
    }

    /// How many files belong to uploads in progress.
    pub(crate) fn unfinished(&self) -> Result<usize> {
        Ok(files(&self.0)?.iter().filter(|file| self.is_unfinished(file)).count())
    }

    /// They are in folders whose names begin with a dot.
    fn is_unfinished(&self, file: &Path) -> bool {
        let place = file.strip_prefix(&self.0).unwrap_or(file);
        place.iter().any(|part| part.to_string_lossy().starts_with('.'))
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    // What was there a moment ago may be gone.
    let Ok(entries) = fs::read_dir(folder) else { return Ok(all) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { all.extend(files(&path)?) } else { all.push(path) }
    }
    Ok(all)
}
