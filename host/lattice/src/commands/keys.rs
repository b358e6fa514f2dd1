//! `lyceum-lattice keys`: makes the keys that NATS knows the programs of a lattice by.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;
use nkeys::KeyPair;

use crate::key::{ENDING, read};

/// Which keys.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Where they are kept: each in a file <name>.nk, which only its owner can read, and the public halves of all in
    /// keys.conf, which the server's configuration includes
    folder: PathBuf,
    /// Whose, such as host or providers/lyceum-sql; a key that is there stays as it is
    #[arg(required = true, value_parser = name)]
    names: Vec<String>,
}

fn name(text: &str) -> Result<String, String> {
    let plain = |part: &str| {
        let mut characters = part.chars();
        characters.next().is_some_and(|first| first.is_ascii_lowercase())
            && characters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it))
    };
    let simple = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
    if simple && text.split('/').all(plain) {
        Ok(text.to_owned())
    } else {
        Err("it is not made of lower case letters, digits, - and _".to_owned())
    }
}

/// Makes those that are missing, and writes down the public halves of all that are there.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = &options.folder;
    for name in &options.names {
        let file = folder.join(name).with_extension(ENDING);
        if make(&file).with_context(|| format!("make {}", file.display()))? {
            show(format!("{} is new.", file.display()))?;
        }
    }
    let mut all = BTreeMap::new();
    collect(folder, &mut all)?;
    let mut lines =
        vec!["# Made by `lyceum-lattice keys`: whom the server knows. Nothing here is secret.".to_owned()];
    lines.extend(all.into_iter().map(|(variable, public)| format!("{variable}: {public}")));
    let text = lines.join("\n") + "\n";
    let file = folder.join("keys.conf");
    fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    show(format!("{} names all of them.", file.display()))?;
    Ok(())
}

/// The public halves of the keys in this folder and those in it, by what the server's configuration calls them.
fn collect(folder: &Path, all: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, all)?;
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            if all.insert(variable(name), read(&path)?.public_key()).is_some() {
                bail!("two keys have the name {name}");
            }
        }
    }
    Ok(())
}

/// `KEY_LYCEUM_SQL` for lyceum-sql: bare words may be settings of the server.
fn variable(name: &str) -> String {
    format!("KEY_{}", name.replace('-', "_").to_uppercase())
}

/// Makes a key, unless there is one.
fn make(file: &Path) -> Result<bool> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut opened) => {
            writeln!(opened, "{}", KeyPair::new_user().seed()?)?;
            opened.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn names_stay_inside_their_folder() {
        assert!(name("providers/lyceum-http_a").is_ok());
        for wrong in ["", "../host", "/host", "host.nk", "a//b", "a/", "Host", "-host", "a b"] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["host".to_owned(), "providers/lyceum-sql".to_owned()];
        let options = Options { folder: folder.path().to_owned(), names };
        run(&options).unwrap();
        let seed = || fs::read_to_string(folder.path().join("providers/lyceum-sql.nk")).unwrap();
        let public = || fs::read_to_string(folder.path().join("keys.conf")).unwrap();
        let (seed_before, public_before) = (seed(), public());
        run(&options).unwrap();
        assert_eq!((seed(), public()), (seed_before, public_before));
        assert!(public().contains("\nKEY_HOST: U") && public().contains("\nKEY_LYCEUM_SQL: U"));
        assert!(!public().contains(seed().trim()));
        let mode = fs::metadata(folder.path().join("host.nk")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
