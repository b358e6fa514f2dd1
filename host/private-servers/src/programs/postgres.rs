//! PostgreSQL's programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use nix::unistd::{Uid, User};

use super::install;

/// Where Debian puts each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder that holds `initdb` and `postgres`.
pub(crate) fn folder() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    ensure!(Uid::effective().is_root(), "PostgreSQL is missing: install it (apt-get install postgresql)");
    install("postgresql")?;
    find().context("PostgreSQL was installed, but its programs can't be found")
}

/// A command that runs one of the programs as a user that PostgreSQL accepts: it refuses root.
pub(crate) fn command(folder: &Path, program: &str) -> Result<Command> {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new(folder.join(program));
    // A folder that the other user may be in; and no settings of the person who runs this.
    command.current_dir("/").env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
    if let Some(user) = user()? {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    Ok(command)
}

/// The user to become, if we are root.
pub(crate) fn user() -> Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user));
        }
    }
    bail!("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest_of_debian().into_iter().chain(std::env::split_paths(&path)).find(|folder| {
        ["initdb", "postgres", "createdb"].iter().all(|program| folder.join(program).is_file())
    })
}

fn newest_of_debian() -> Option<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = std::fs::read_dir(DEBIAN).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.filter(|folder| version(folder).is_some()).max_by_key(version).map(|folder| folder.join("bin"))
}
