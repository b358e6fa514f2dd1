//! The program's other commands, as an operator of a deployment gives them.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::running::environment;
use super::{Database, Setup, program};

/// Runs commands with a deployment's manifest, data and environment, whether or not it runs.
#[derive(Clone)]
pub struct Console {
    pub(super) folder: PathBuf,
    pub(super) database: Database,
    pub(super) setup: Setup,
}

impl Console {
    /// A command's output.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.command(arguments, &[])?.output().with_context(|| format!("run lyceum {arguments:?}"))
    }

    /// Starts a command with more in its environment. It is in a process group of its own, so that it may kill itself.
    pub fn start(&self, arguments: &[&str], more: &[(&str, &str)]) -> Result<Child> {
        let mut command = self.command(arguments, more)?;
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().with_context(|| format!("start lyceum {arguments:?}"))
    }

    fn command(&self, arguments: &[&str], more: &[(&str, &str)]) -> Result<Command> {
        let mut command = Command::new(program()?);
        command.args(arguments).arg("--manifest").arg(self.folder.join("spin.toml"));
        command.arg("--data").arg(self.folder.join("data"));
        environment(&mut command, &self.database, &self.setup, more);
        Ok(command)
    }

    /// What a command that has to succeed prints.
    pub fn say(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "lyceum {arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// How a command that has to fail explains itself.
    pub fn refusal(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        ensure!(!output.status.success(), "lyceum {arguments:?} succeeded: {output:?}");
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Every event that was published, as `lyceum events list` tells them.
    pub fn published(&self) -> Result<Vec<Value>> {
        published(|arguments| self.run(arguments))
    }
}

/// Every event that was published, from as many pages of `lyceum events list` as there are; `run` runs `lyceum`.
pub fn published(run: impl Fn(&[&str]) -> Result<Output>) -> Result<Vec<Value>> {
    let (mut events, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut arguments = vec!["events", "list", "--json", "--limit", "10000"];
        arguments.extend(cursor.iter().flat_map(|cursor| ["--cursor", cursor.as_str()]));
        let output = run(&arguments)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "lyceum {arguments:?}: {said}");
        for line in String::from_utf8(output.stdout)?.lines() {
            events.push(serde_json::from_str(line).context("parse an event")?);
        }
        let Some((_, next)) = said.split_once("--cursor ") else { return Ok(events) };
        cursor = Some(next.trim().to_owned());
    }
}
