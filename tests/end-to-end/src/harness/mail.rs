//! The mail that a deployment writes into its folder.

use std::path::Path;

use anyhow::{Context, Result};

/// The texts of all mails in a folder; none when there is no such folder yet.
pub fn mails(folder: &Path) -> Result<Vec<String>> {
    let Ok(files) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let paths = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    let mails = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails
        .map(|path| std::fs::read_to_string(path).with_context(|| format!("read {}", path.display())))
        .collect()
}
