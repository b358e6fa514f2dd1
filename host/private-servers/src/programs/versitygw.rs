//! The S3 server `versitygw`, a program in Go.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{find, once};

/// The version that the tests know.
const MODULE: &str = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const PROGRAM: &str = "versitygw";

/// The program; builds it into a folder of this user's if it is missing. That takes some minutes.
pub(crate) fn ready() -> Result<PathBuf> {
    if let Some(found) = find(PROGRAM) {
        return Ok(found);
    }
    let folder = once::made("versitygw-1.8.0", |folder| {
        once::run(Command::new("go").args(["install", MODULE]).env("GOBIN", folder), MODULE)
    })?;
    Ok(folder.join(PROGRAM))
}
