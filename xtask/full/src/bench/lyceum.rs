//! A Lyceum that runs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

use super::client::Client;
use super::metrics::Metrics;

/// The longest start: compiling everything on a slow machine.
const PATIENCE: Duration = Duration::from_mins(3);
const POLL: Duration = Duration::from_millis(1);

/// The process; killed when dropped.
pub(super) struct Lyceum {
    child: Child,
    addresses: Addresses,
    /// From the start of the process until it had answered a first request.
    pub(super) started_in: Duration,
    client: Client,
}

#[derive(Deserialize)]
struct Addresses {
    listen: String,
    admin: String,
}

impl Lyceum {
    /// Starts it and waits for its first answer, whatever that says.
    pub(super) fn start(program: &Path, manifest: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::start_on(program, manifest, data, &[])
    }

    /// The same, linked to servers by these environment variables. What is compiled is kept for all runs, beside the folders of
    /// data, unless one of them says otherwise.
    pub(super) fn start_on(
        program: &Path,
        manifest: &Path,
        data: &Path,
        links: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data).with_context(|| format!("can't make {}", data.display()))?;
        let announced = data.join("addresses.json");
        // Left there by one that was killed.
        let _ = std::fs::remove_file(&announced);
        let log = data.join("log.txt");
        let output = File::create(&log).with_context(|| format!("can't write {}", log.display()))?;
        let any = "127.0.0.1:0";
        let mut command = Command::new(program);
        command.args(["up", "--listen", any, "--admin", any, "--log", "warn", "--manifest"]).arg(manifest);
        command.arg("--data").arg(data).stdin(Stdio::null());
        if let Some(all) = data.ancestors().nth(2) {
            command.env("LYCEUM_CACHE", all.join("compiled-components"));
        }
        command.envs(links.iter().map(|(name, value)| (name, value)));
        command.stdout(output.try_clone()?).stderr(output);
        let started = Instant::now();
        let mut child = command.spawn().with_context(|| format!("can't start {}", program.display()))?;
        let addresses = match wait(&mut child, &announced, &log) {
            Ok(addresses) => addresses,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        let client = Client::new();
        let mut lyceum = Self { child, addresses, started_in: Duration::ZERO, client };
        // Not every application has something at `/`; that it says so will do.
        let _ = lyceum.client.get(&lyceum.url("/"), None);
        lyceum.started_in = started.elapsed();
        Ok(lyceum)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses.listen)
    }

    /// The public address and the operators', without a scheme.
    pub(super) fn addresses(&self) -> (&str, &str) {
        (&self.addresses.listen, &self.addresses.admin)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the operators' address tells.
    pub(super) fn metrics(&self) -> anyhow::Result<Metrics> {
        Ok(Metrics::parse(&self.client.get(&format!("http://{}/metrics", self.addresses.admin), None)?))
    }

    /// Lets it finish what it does.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    /// The same, to have another one in its place.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid())?), Signal::SIGTERM).context("can't stop Lyceum")?;
        self.child.wait().context("can't wait for Lyceum")?;
        Ok(())
    }

    /// `kill -9`.
    pub(super) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().context("can't kill Lyceum")?;
        self.child.wait().context("can't wait for Lyceum")?;
        Ok(())
    }
}

impl Drop for Lyceum {
    fn drop(&mut self) {
        // Both fail harmlessly when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child, announced: &PathBuf, log: &Path) -> anyhow::Result<Addresses> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Ok(text) = std::fs::read_to_string(announced) {
            return serde_json::from_str(&text).context("addresses.json can't be read");
        }
        let said = || std::fs::read_to_string(log).unwrap_or_default();
        if let Some(status) = child.try_wait().context("can't ask for Lyceum")? {
            bail!("Lyceum ended ({status}): {}", said());
        }
        if Instant::now() > until {
            bail!("Lyceum did not start in {} s: {}", PATIENCE.as_secs(), said());
        }
        sleep(POLL);
    }
}
