//! Sources of published crates, mended by the files in `host/lattice/patches`.
//!
//! A patch is named after its crate and version, and says what is mended. The sources are those that cargo downloads; they
//! are laid out in `host/lattice/patched`, where that workspace's `[patch.crates-io]` looks for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use xtask::process::{output, step};

/// In a laid out crate: the patch that was applied.
const APPLIED: &str = ".applied.patch";

/// Lays out what is missing or was mended otherwise.
pub(crate) fn lay_out(lattice: &Path) -> Result<()> {
    let folder = lattice.join("patches");
    let patches = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
    for patch in patches {
        let patch = patch?.path();
        let Some(name) = patch.file_name().and_then(|name| name.to_str()?.strip_suffix(".patch")) else {
            continue;
        };
        let target = lattice.join("patched").join(name);
        let text = fs::read(&patch)?;
        if fs::read(target.join(APPLIED)).is_ok_and(|applied| applied == text) {
            continue;
        }
        step(format_args!("mending the sources of {name}"));
        let (krate, version) = name.rsplit_once('-').with_context(|| format!("{name} has no version"))?;
        mend(&downloaded(krate, version)?, &patch, &target).with_context(|| format!("mend {name}"))?;
    }
    Ok(())
}

/// Where cargo keeps the sources of this crate, downloaded if they are missing.
fn downloaded(krate: &str, version: &str) -> Result<PathBuf> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("src"))?;
    fs::write(folder.path().join("src/lib.rs"), "")?;
    let manifest = folder.path().join("Cargo.toml");
    let text = format!(
        "[package]\nname = \"sources\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{krate} = \"={version}\"\n"
    );
    fs::write(&manifest, text)?;
    let metadata = cargo_metadata::MetadataCommand::new().manifest_path(manifest).exec()?;
    let found = metadata.packages.into_iter().find(|package| package.name == krate);
    let found = found.with_context(|| format!("cargo knows nothing of {krate}"))?;
    let root = found.manifest_path.parent().context("a manifest is in a folder")?;
    Ok(root.as_std_path().to_owned())
}

/// Copies the sources, mends them, and only then gives them their name.
fn mend(from: &Path, patch: &Path, target: &Path) -> Result<()> {
    let unfinished = target.with_extension("unfinished");
    for old in [&unfinished, target] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let place = unfinished.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(place)?;
        } else {
            fs::write(place, fs::read(entry.path())?)?;
        }
    }
    output(Command::new("git").arg("-C").arg(&unfinished).arg("apply").arg(fs::canonicalize(patch)?))?;
    // Inside another repository, git passes over what it finds ignored there.
    if same(from, &unfinished)? {
        bail!("{} changed nothing", patch.display());
    }
    fs::copy(patch, unfinished.join(APPLIED))?;
    Ok(fs::rename(unfinished, target)?)
}

fn same(one: &Path, other: &Path) -> Result<bool> {
    for entry in WalkDir::new(one) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let twin = other.join(entry.path().strip_prefix(one)?);
            if fs::read(entry.path())? != fs::read(twin)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
