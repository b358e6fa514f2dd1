//! A private server that speaks MongoDB's protocol.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs::ferretdb;
use crate::server::Kept;

/// A server of its own that speaks MongoDB's protocol: FerretDB on SQLite files.
///
/// It runs one changing command at a time, so that a change of a document is atomic, as it is in MongoDB. What it can't do
/// that MongoDB can: nested arrays, update pipelines, partial indexes.
#[derive(Debug)]
pub struct MongodbServer {
    port: u16,
    daemon: Daemon,
}

impl MongodbServer {
    /// Starts a server, building it for this user with Go if it is missing.
    ///
    /// # Errors
    /// If Go is missing, or the server doesn't start.
    pub fn start() -> Result<Self> {
        let program = ferretdb::program()?;
        let daemon = Daemon::new("mongodb")?;
        let port = daemon
            .launch_on_free_port(|port| command(&program, daemon.folder(), port), |_, port| is_ready(port))?;
        Ok(Self { port, daemon })
    }

    /// Its address, without a database.
    pub fn url(&self) -> String {
        format!("mongodb://127.0.0.1:{}", self.port)
    }
}

impl Kept for MongodbServer {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let mut command = command(&ferretdb::program()?, self.daemon.folder(), self.port)?;
        self.daemon.launch(&mut command, |_| is_ready(self.port))
    }
}

impl Drop for MongodbServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(program: &Path, folder: &Path, port: u16) -> Result<Command> {
    let data = folder.join("data");
    fs::create_dir_all(&data)?;
    let mut command = Command::new(program);
    command.current_dir(folder).arg(format!("127.0.0.1:{port}")).arg(data);
    Ok(command)
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
