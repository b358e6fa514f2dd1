//! The files that people write.

use std::path::{Path, PathBuf};

use anyhow::Context;
use walkdir::{DirEntry, WalkDir};

/// Folders that hold no sources of ours: what was built, data, and what comes from elsewhere.
const OTHERS: [&str; 6] = ["target", "build", "data", "deps", "node_modules", "patched"];

/// All files below `folder` with this extension, sorted. Hidden folders are left out.
pub(crate) fn below(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let ours = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let other = name.starts_with('.') || (entry.file_type().is_dir() && OTHERS.contains(&&*name));
        // The folder itself may be called anything.
        entry.depth() == 0 || !other
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(ours) {
        let entry = entry.with_context(|| format!("can't look through {}", folder.display()))?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|own| own == extension) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
