//! Signals to a server and all its processes.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Sends a signal to the process and to its children, and returns these. They are in sessions of their
/// own, so a group's signal would miss them.
pub(crate) fn signal_tree(parent: Pid, signal: Signal) -> Result<Vec<Pid>> {
    // A parent that stands still starts no more children, and keeps those it has.
    send(parent, Signal::SIGSTOP)?;
    while field(parent, "State:").is_some_and(|state| !state.starts_with(['T', 't', 'Z', 'X'])) {
        sleep(Duration::from_millis(1));
    }
    let children = children(parent)?;
    for process in children.iter().chain([&parent]) {
        send(*process, signal)?;
    }
    Ok(children)
}

/// Sends a signal; a process that has ended is fine.
pub(crate) fn send(process: Pid, signal: Signal) -> Result<()> {
    match kill(process, signal) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("sending {signal} to process {process}")),
    }
}

/// Whether the process is there and not only waiting to be reaped.
pub(crate) fn is_alive(process: Pid) -> bool {
    field(process, "State:").is_some_and(|state| !state.starts_with(['Z', 'X']))
}

pub(crate) fn children(parent: Pid) -> Result<Vec<Pid>> {
    let entries = fs::read_dir("/proc").context("reading /proc")?;
    let processes =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).map(Pid::from_raw);
    let is_child =
        |process: &Pid| field(*process, "PPid:").and_then(|id| id.parse().ok()) == Some(parent.as_raw());
    Ok(processes.filter(is_child).collect())
}

fn field(process: Pid, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
}
