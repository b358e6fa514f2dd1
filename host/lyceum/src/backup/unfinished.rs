//! A note in the data folder that a restore has begun and not ended.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const NAME: &str = "restore.unfinished";

/// Where the note is.
pub(crate) fn file(data: &Path) -> PathBuf {
    data.join(NAME)
}

/// Refuses a data folder that a restore didn't finish.
pub(crate) fn refuse(data: &Path) -> Result<()> {
    let file = file(data);
    if let Ok(said) = fs::read_to_string(&file) {
        bail!(
            "a restore was not finished: {} Remove what it left, and {}, and begin again",
            said.trim(),
            file.display()
        );
    }
    Ok(())
}

/// Notes what is being restored.
pub(crate) fn note(data: &Path, what: &str) -> Result<()> {
    let file = file(data);
    fs::write(&file, what).with_context(|| format!("write {}", file.display()))
}

/// It has ended.
pub(crate) fn forget(data: &Path) -> Result<()> {
    let file = file(data);
    fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))
}
