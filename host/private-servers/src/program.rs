//! Any program that runs beside the servers, and ends with them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::daemon::Daemon;
use crate::process::children;

/// A program that can be killed and started again. It ends when this value is dropped, and when the process that started it
/// ends in any other way.
pub struct Program {
    daemon: Daemon,
    command: Box<dyn Fn() -> Command + Send + Sync>,
}

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.daemon.fmt(formatter)
    }
}

impl Program {
    /// Starts it. The command is made anew each time that it is started.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(name: &'static str, command: impl Fn() -> Command + Send + Sync + 'static) -> Result<Self> {
        let program = Self { daemon: Daemon::new(name)?, command: Box::new(command) };
        program.start_again()?;
        Ok(program)
    }

    /// Starts it again after it was killed or stopped.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start_again(&self) -> Result<()> {
        self.daemon.launch(&mut (self.command)(), |_| true)
    }

    /// The process's id; none while it doesn't run.
    pub fn id(&self) -> Option<u32> {
        self.daemon.id()
    }

    /// Whether it ended by itself.
    ///
    /// # Errors
    /// If that can't be found out.
    pub fn has_ended(&self) -> Result<bool> {
        self.daemon.has_ended()
    }

    /// What the program and its children have said so far, on either output.
    ///
    /// # Errors
    /// If that can't be read.
    pub fn log(&self) -> Result<String> {
        let bytes = fs::read(self.log_file())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The file with that; it goes with this value.
    pub fn log_file(&self) -> PathBuf {
        self.daemon.log()
    }

    /// The ids of its child processes, with the names that `ps` shows for them.
    ///
    /// # Errors
    /// If the program doesn't run.
    pub fn children(&self) -> Result<BTreeMap<u32, String>> {
        let parent = Pid::from_raw(self.id().context("the program does not run")?.try_into()?);
        let mut named = BTreeMap::new();
        for child in children(parent)? {
            // One that has ended meanwhile has no name any more.
            if let Ok(name) = fs::read_to_string(format!("/proc/{child}/comm")) {
                named.insert(u32::try_from(child.as_raw())?, name.trim().to_owned());
            }
        }
        Ok(named)
    }

    /// Kills the program and its children at once.
    ///
    /// # Errors
    /// If they can't be killed.
    pub fn kill9(&self) -> Result<()> {
        self.daemon.kill9()
    }

    /// Kills the program at once, but none of its children.
    ///
    /// # Errors
    /// If it can't be killed.
    pub fn kill9_alone(&self) -> Result<()> {
        self.daemon.kill9_alone()
    }

    /// Freezes the program and its children.
    ///
    /// # Errors
    /// If they can't be reached.
    pub fn pause(&self) -> Result<()> {
        self.daemon.pause()
    }

    /// Lets them go on.
    ///
    /// # Errors
    /// If they can't be reached.
    pub fn resume(&self) -> Result<()> {
        self.daemon.resume()
    }

    /// Has it end in an orderly way.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn stop(&self) -> Result<()> {
        self.daemon.stop_with(Signal::SIGTERM)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}
