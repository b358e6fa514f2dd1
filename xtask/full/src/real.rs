//! Private copies of every server that Lyceum can be linked to, for a person who wants to try it on them.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

use anyhow::Context;
use lyceum_private_servers::Servers;

use xtask::process::{show, step};

/// Runs `lyceum up` linked to private servers until it ends.
pub(crate) fn up(lyceum: &mut Command) -> anyhow::Result<ExitCode> {
    // Ctrl-C and SIGTERM are for Lyceum; the servers are stopped once it has finished.
    ctrlc::set_handler(|| {}).context("can't keep Ctrl-C for Lyceum")?;
    step("starting private servers; what is missing is installed, and what they hold goes when they end");
    let servers = Servers::start()?;
    for (name, value) in servers.links("lyceum")? {
        if name.starts_with("LYCEUM_") {
            println!("    {name}={value}");
        }
        lyceum.env(name, value);
    }
    lyceum.arg("--single-host");
    step(format_args!("{} (Ctrl-C stops it and the servers)", show(lyceum)));
    let status = lyceum.status().context("can't start Lyceum")?;
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
