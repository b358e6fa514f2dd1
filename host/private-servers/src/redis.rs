//! A private Redis.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs;
use crate::server::Kept;

/// A Redis server of its own, which keeps everything in memory.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    arguments: Vec<String>,
    daemon: Daemon,
}

impl RedisServer {
    /// Starts a server, installing Redis if it is missing and we are root.
    ///
    /// # Errors
    /// If Redis is missing and can't be installed, or doesn't start.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, such as `["--cluster-enabled", "yes"]`.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub fn start_with(arguments: &[&str]) -> Result<Self> {
        let program = programs::ready("redis-server", "redis-server")?;
        let daemon = Daemon::new("redis")?;
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let command = |port| Ok(command(&program, daemon.folder(), port, &arguments));
        let port = daemon.launch_on_free_port(command, |_, port| is_ready(port))?;
        Ok(Self { port, arguments, daemon })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Kept for RedisServer {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let program = programs::ready("redis-server", "redis-server")?;
        let mut command = command(&program, self.daemon.folder(), self.port, &self.arguments);
        self.daemon.launch(&mut command, |_| is_ready(self.port))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(program: &Path, folder: &Path, port: u16, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
    command.args(["--save", "", "--appendonly", "no"]).args(arguments);
    command
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
