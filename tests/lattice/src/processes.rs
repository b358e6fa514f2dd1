//! Processes of this machine: whether they are there, and what they did.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Linux counts processor time in hundredths of a second, whatever the kernel's own clock is.
const TICK: Duration = Duration::from_millis(10);

/// SIGKILL.
pub fn kill9(process: u32) -> Result<()> {
    send(process, Signal::SIGKILL)
}

/// Freezes it.
pub fn pause(process: u32) -> Result<()> {
    send(process, Signal::SIGSTOP)
}

/// Lets it go on.
pub fn resume(process: u32) -> Result<()> {
    send(process, Signal::SIGCONT)
}

fn send(process: u32, signal: Signal) -> Result<()> {
    let process = Pid::from_raw(process.try_into()?);
    kill(process, signal).with_context(|| format!("send {signal} to {process}"))
}

/// Whether there is such a process.
pub fn is_there(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// How long it has computed since its start.
pub fn processor_time(process: u32) -> Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may hold anything; after it, the 12th and 13th fields are user and system time.
    let fields: Vec<_> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
    let ticks = ticks(11).zip(ticks(12)).map(|(user, system)| user + system);
    Ok(TICK * ticks.with_context(|| format!("the times in {text:?}"))?)
}
