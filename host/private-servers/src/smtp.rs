//! A private mail server that keeps what it is given.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs::aiosmtpd;
use crate::server::Kept;

/// A mail server of its own (`aiosmtpd`), which takes mail for everybody and hands it on to nobody.
#[derive(Debug)]
pub struct SmtpServer {
    port: u16,
    arguments: Vec<String>,
    daemon: Daemon,
}

impl SmtpServer {
    /// Starts a server, installing it for this user with pip if it is missing.
    ///
    /// # Errors
    /// If Python or pip is missing, or the server doesn't start.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, such as `["--size", "2000"]`.
    ///
    /// # Errors
    /// As [`SmtpServer::start`].
    pub fn start_with(arguments: &[&str]) -> Result<Self> {
        let daemon = Daemon::new("smtp")?;
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let port = daemon.launch_on_free_port(
            |port| command(daemon.folder(), port, &arguments),
            |_, port| is_ready(port),
        )?;
        Ok(Self { port, arguments, daemon })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The texts of all messages that it was given.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn messages(&self) -> Result<Vec<Vec<u8>>> {
        let Ok(files) = fs::read_dir(self.daemon.folder().join("mail/new")) else { return Ok(Vec::new()) };
        files.map(|file| fs::read(file?.path()).context("read a message")).collect()
    }
}

impl Kept for SmtpServer {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let mut command = command(self.daemon.folder(), self.port, &self.arguments)?;
        self.daemon.launch(&mut command, |_| is_ready(self.port))
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(folder: &Path, port: u16, arguments: &[String]) -> Result<Command> {
    let mut command = aiosmtpd::command()?;
    command.current_dir(folder).args(["--nosetuid", "--listen", &format!("127.0.0.1:{port}")]);
    command.args(arguments).args(["--class", "aiosmtpd.handlers.Mailbox"]).arg(folder.join("mail"));
    Ok(command)
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
