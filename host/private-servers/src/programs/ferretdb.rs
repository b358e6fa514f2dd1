//! FerretDB, a server that speaks MongoDB's protocol, built from its source by Go.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::once;

/// The version that the tests know, and how often the program around it was changed.
const NAME: &str = "ferretdb-1.24.0-2";
const MAIN: &str = include_str!("ferretdb/main.go");
const MODULE: &str = include_str!("ferretdb/go.mod");
const SUMS: &str = include_str!("ferretdb/go.sum");

/// The program; built into a folder of this user's if it is missing, which takes a minute or two.
pub(crate) fn program() -> Result<PathBuf> {
    let folder = once::made(NAME, |folder| {
        for (name, text) in [("main.go", MAIN), ("go.mod", MODULE), ("go.sum", SUMS)] {
            fs::write(folder.join(name), text)?;
        }
        // As a part of another program: by itself it wants files that only its own developers' tools make.
        once::run(Command::new("go").current_dir(folder).args(["build", "-o", "ferretdb", "."]), NAME)
    })?;
    Ok(folder.join("ferretdb"))
}
