//! The mail server `aiosmtpd`, a package of Python.

use std::process::Command;

use anyhow::Result;

use super::pip;

/// The version that the tests know.
const PACKAGE: &str = "aiosmtpd==1.4.6";

/// A command that starts it.
pub(crate) fn command() -> Result<Command> {
    let modules = pip::installed(PACKAGE)?;
    let mut command = Command::new("python3");
    command.args(["-m", "aiosmtpd"]).env("PYTHONPATH", modules);
    Ok(command)
}
