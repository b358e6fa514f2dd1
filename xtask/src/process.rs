//! Running other programs where a person can follow it.

use std::ffi::OsStr;
use std::io::Write;
use std::process::Command;

use anyhow::{Context, bail};

/// Says what happens next.
pub fn step(what: impl std::fmt::Display) {
    eprintln!("==> {what}");
    // Standard output and error may be the same terminal: keep them in order.
    std::io::stdout().flush().ok();
}

/// Runs the command with this terminal; an error unless it succeeds.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = show(command);
    step(&shown);
    let status = command.status().with_context(|| format!("can't start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// What the command writes to standard output; an error unless it succeeds.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let shown = show(command);
    let output = command.output().with_context(|| format!("can't start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` wrote no valid UTF-8"))
}

/// The command as a person would type it.
pub fn show(command: &Command) -> String {
    let word = |word: &OsStr| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains([' ', '\'', '"', '$']) {
            format!("{word:?}")
        } else {
            word.into_owned()
        }
    };
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    std::iter::once(program).chain(command.get_args()).map(word).collect::<Vec<_>>().join(" ")
}

/// The cargo that runs this task. What that one says of xtask's own package is not for this one: build scripts that look at it,
/// as that of ring does, would run anew whenever cargo is called by hand in between.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy();
        if known.starts_with("CARGO_PKG_") || known.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
