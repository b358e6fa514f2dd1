//! A private PostgreSQL.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::process::{is_alive, send, signal_tree};
use crate::programs;
use crate::watcher::Watcher;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(10);

/// A PostgreSQL server of its own: collation C, encoding UTF-8, everybody on this machine is its
/// superuser `postgres`.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    server: Mutex<Option<Child>>,
    /// Removes the folder: dropped last.
    _watcher: Watcher,
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
        let programs = programs::folder()?;
        let folder = tempfile::Builder::new().prefix("lyceum-postgres-").tempdir()?.keep();
        // From here on the watcher removes the folder, also when a step below fails.
        let watcher = Watcher::start(&folder)?;
        initialize(&programs, &folder)?;
        let mut server = Self {
            programs,
            folder,
            port: 0,
            settings: settings.iter().map(|setting| (*setting).to_owned()).collect(),
            server: Mutex::new(None),
            _watcher: watcher,
        };
        // Another process may take the free port before the server does.
        for _ in 0..3 {
            server.port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            if server.launch().is_ok() {
                return Ok(server);
            }
        }
        server.launch()?;
        Ok(server)
    }

    /// Where its database `postgres` is.
    pub fn url(&self) -> String {
        self.database_url("postgres")
    }

    /// Makes an empty database and returns its URL.
    ///
    /// # Errors
    /// If the server does not run, or has such a database.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let output = programs::command(&self.programs, "createdb")?
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string(), "--", name])
            .output()?;
        ensure!(output.status.success(), "createdb {name}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(self.database_url(name))
    }

    /// Stops it in an orderly way; clients lose their connections.
    ///
    /// # Errors
    /// If it doesn't stop.
    pub fn stop(&self) -> Result<()> {
        self.stop_with(Signal::SIGINT)
    }

    fn stop_with(&self, signal: Signal) -> Result<()> {
        let mut server = self.lock();
        let Some(child) = server.as_mut() else { return Ok(()) };
        send(pid(child)?, signal)?;
        wait_until("the server stops", || Ok(child.try_wait()?.is_some()))?;
        *server = None;
        Ok(())
    }

    /// Stops it if it runs, and starts it on the same port with the same data.
    ///
    /// # Errors
    /// If it doesn't stop or start.
    pub fn restart(&self) -> Result<()> {
        self.stop()?;
        self.launch()
    }

    /// Kills all its processes at once. [`PostgresServer::restart`] brings it back.
    ///
    /// # Errors
    /// If the processes can't be killed.
    pub fn kill9(&self) -> Result<()> {
        let mut server = self.lock();
        let Some(mut child) = server.take() else { return Ok(()) };
        let children = signal_tree(pid(&child)?, Signal::SIGKILL)?;
        child.wait()?;
        wait_until("the killed processes are gone", || Ok(!children.iter().any(|child| is_alive(*child))))
    }

    /// Freezes all its processes: clients get no answer, but keep their connections.
    ///
    /// # Errors
    /// If the processes can't be reached.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    /// If the processes can't be reached.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Its temporary folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let server = self.lock();
        let child = server.as_ref().context("the server does not run")?;
        signal_tree(pid(child)?, signal).map(|_| ())
    }

    fn launch(&self) -> Result<()> {
        let mut command = programs::command(&self.programs, "postgres")?;
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        let ours = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
        for setting in ours.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let outcome = wait_until("the server is ready", || {
            if let Some(status) = child.try_wait()? {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                bail!("PostgreSQL did not start ({status}): {log}");
            }
            Ok(is_ready(&self.data(), child.id()))
        });
        if outcome.is_err() {
            // It may have ended already.
            let _ = child.kill();
            child.wait()?;
        } else {
            *self.lock() = Some(child);
        }
        outcome
    }

    fn database_url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Quick, but unlike a kill it gives its shared memory back. It must not be frozen for that.
        let ended = self.resume().and_then(|()| self.stop_with(Signal::SIGQUIT));
        if ended.is_err() {
            let _ = self.kill9();
        }
    }
}

fn initialize(programs: &Path, folder: &Path) -> Result<()> {
    if let Some(user) = programs::user()? {
        chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    }
    let output = programs::command(programs, "initdb")?
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

fn pid(child: &Child) -> Result<Pid> {
    Ok(Pid::from_raw(child.id().try_into()?))
}

fn wait_until(what: &str, mut condition: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !condition()? {
        ensure!(Instant::now() < end, "waited in vain until {what}");
        sleep(LOOK);
    }
    Ok(())
}
