//! A private PostgreSQL.

mod secure;
mod standby;

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs;
use crate::server::Kept;

/// A PostgreSQL server of its own: collation C, encoding UTF-8, everybody on this machine is its
/// superuser `postgres`.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
    daemon: Daemon,
}

impl PostgresServer {
    /// Starts a server, installing PostgreSQL if it is missing and we are root. Takes a few seconds.
    ///
    /// It does not sync its files, since nothing here has to survive a loss of power.
    ///
    /// # Errors
    /// If PostgreSQL is missing and can't be installed, or doesn't start.
    pub fn start() -> Result<Self> {
        Self::start_with(&["fsync=off", "full_page_writes=off"])
    }

    /// Starts a server with other settings, each as `name=value` in the way of `postgresql.conf`.
    ///
    /// # Errors
    /// As [`PostgresServer::start`].
    pub fn start_with(settings: &[&str]) -> Result<Self> {
        Self::launch(settings, |_| Ok(Vec::new()))
    }

    /// Starts a server with TLS, whose certificate is for `localhost` and from
    /// [`PostgresServer::authority`]. Every role but `postgres` needs a password (scram-sha-256).
    ///
    /// # Errors
    /// As [`PostgresServer::start`].
    pub fn start_secure() -> Result<Self> {
        Self::launch(&["fsync=off", "full_page_writes=off"], secure::prepare)
    }

    fn launch(settings: &[&str], prepare: impl FnOnce(&Path) -> Result<Vec<String>>) -> Result<Self> {
        let programs = programs::postgres::folder()?;
        let daemon = Daemon::new("postgres")?;
        initialize(&programs, daemon.folder())?;
        let mut settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        settings.extend(prepare(daemon.folder())?);
        let mut server = Self { programs, port: 0, settings, daemon };
        let data = server.data();
        server.port =
            server.daemon.launch_on_free_port(|port| server.command(port), |id, _| is_ready(&data, id))?;
        Ok(server)
    }

    /// Where its database `postgres` is.
    pub fn url(&self) -> String {
        self.database_url("postgres")
    }

    /// The file with the authority that vouches for a server started by [`PostgresServer::start_secure`].
    pub fn authority(&self) -> PathBuf {
        self.daemon.folder().join("authority.pem")
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Errors
    /// If the server does not run, or has such a database.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let output = programs::postgres::command(&self.programs, "createdb")?
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string(), "--", name])
            .output()?;
        ensure!(output.status.success(), "createdb {name}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(self.database_url(name))
    }

    /// Its temporary folder.
    pub fn folder(&self) -> &Path {
        self.daemon.folder()
    }

    fn command(&self, port: u16) -> Result<Command> {
        let mut command = programs::postgres::command(&self.programs, "postgres")?;
        command.arg("-D").arg(self.data()).args(["-p", &port.to_string()]);
        let ours = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
        for setting in ours.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        Ok(command)
    }

    fn database_url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.daemon.folder().join("data")
    }
}

impl Kept for PostgresServer {
    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    fn kept_port(&self) -> u16 {
        self.port
    }

    fn launch_again(&self) -> Result<()> {
        let data = self.data();
        self.daemon.launch(&mut self.command(self.port)?, |id| is_ready(&data, id))
    }

    fn stops_on(&self) -> Signal {
        Signal::SIGINT
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Quick, but unlike a kill it gives its shared memory back.
        self.daemon.end(Signal::SIGQUIT);
    }
}

fn initialize(programs: &Path, folder: &Path) -> Result<()> {
    if let Some(user) = programs::postgres::user()? {
        chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    }
    let output = programs::postgres::command(programs, "initdb")?
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .output()
        .context("running initdb")?;
    ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The server writes its process id and its state into this file. One left by a killed server names
/// another process.
fn is_ready(data: &Path, id: u32) -> bool {
    let file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = file.lines().map(str::trim);
    lines.next() == Some(id.to_string().as_str()) && lines.any(|line| line == "ready")
}
