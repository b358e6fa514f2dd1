//! A native server that runs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use serde::Deserialize;

use super::client::Client;

/// The process; killed when dropped.
pub(super) struct Native {
    child: Child,
    ready: Ready,
}

#[derive(Deserialize)]
struct Ready {
    address: String,
    token: String,
}

/// Commits, and syncs of the disk for them.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Commits {
    pub(super) commits: u64,
    pub(super) batches: u64,
}

impl Commits {
    pub(super) fn since(self, before: Self) -> Self {
        Self { commits: self.commits - before.commits, batches: self.batches - before.batches }
    }
}

impl Native {
    pub(super) fn start(program: &Path, data: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data).with_context(|| format!("can't make {}", data.display()))?;
        let mut command = Command::new(program);
        command.arg("--data").arg(data).args(arguments);
        Self::started_by(command)
    }

    /// A server whose first line says where it is.
    pub(super) fn started_by(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| format!("can't start {}", command.get_program().display()))?;
        let mut line = String::new();
        let read = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let ready = read.context("no output").and_then(|read| {
            read?;
            serde_json::from_str(&line).with_context(|| format!("the server said {line:?}"))
        });
        match ready {
            Ok(ready) => Ok(Self { child, ready }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready.address)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// For `GET /api/v1/users/me`.
    pub(super) fn token(&self) -> &str {
        &self.ready.token
    }

    pub(super) fn commits(&self) -> anyhow::Result<Commits> {
        let text = Client::new().get(&self.url("/statistics"), None)?;
        serde_json::from_str(&text).context("the native server's statistics")
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        // Both fail harmlessly when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
