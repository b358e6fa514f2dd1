//! A private S3 server.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs::versitygw;
use crate::server::Kept;

/// An S3 server of its own (`versitygw`), which keeps each object as a file.
#[derive(Debug)]
pub struct S3Server {
    port: u16,
    daemon: Daemon,
}

impl S3Server {
    /// The id of the key that it knows.
    pub const KEY: &str = "lyceum";
    /// The secret of that key. It has characters that a URL can't hold as they are.
    pub const SECRET: &str = "a/secret+with@signs";

    /// Starts a server, building it for this user with Go if it is missing.
    ///
    /// # Errors
    /// If Go is missing, or the server doesn't start.
    pub fn start() -> Result<Self> {
        let program = versitygw::ready()?;
        let daemon = Daemon::new("s3")?;
        for folder in ["buckets", "metadata"] {
            fs::create_dir(daemon.folder().join(folder))?;
        }
        let command = |port| Ok(command(&program, daemon.folder(), port));
        let port = daemon.launch_on_free_port(command, |_, port| is_ready(port))?;
        Ok(Self { port, daemon })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The folder that the objects of a bucket are files in.
    pub fn bucket(&self, name: &str) -> PathBuf {
        self.daemon.folder().join("buckets").join(name)
    }

    /// Makes an empty bucket and returns the folder that its objects are files in. What belongs to uploads in progress
    /// is there too, in folders whose names begin with a dot.
    ///
    /// # Errors
    /// If there is such a bucket.
    pub fn create_bucket(&self, name: &str) -> Result<PathBuf> {
        let folder = self.bucket(name);
        fs::create_dir(&folder).with_context(|| format!("create the bucket {name}"))?;
        Ok(folder)
    }
}

impl Kept for S3Server {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let mut command = command(&versitygw::ready()?, self.daemon.folder(), self.port);
        self.daemon.launch(&mut command, |_| is_ready(self.port))
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}

fn command(program: &Path, folder: &Path, port: u16) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("ROOT_ACCESS_KEY", S3Server::KEY)
        .env("ROOT_SECRET_KEY", S3Server::SECRET)
        .args(["--quiet", "--keep-alive", "--port", &format!("127.0.0.1:{port}"), "posix"])
        .arg("--sidecar")
        .arg(folder.join("metadata"))
        .arg(folder.join("buckets"));
    command
}

fn is_ready(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
