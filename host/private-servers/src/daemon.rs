//! A server's process, with the folder and the port that it has for itself.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::process::{is_alive, send, signal_tree};
use crate::watcher::Watcher;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(10);

/// At most one process at a time.
#[derive(Debug)]
pub struct Daemon {
    name: &'static str,
    folder: PathBuf,
    child: Mutex<Option<Child>>,
    /// Removes the folder: dropped last.
    _watcher: Watcher,
}

impl Daemon {
    /// A folder for a server of this name, which has no process yet.
    pub(crate) fn new(name: &'static str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(&format!("lyceum-{name}-")).tempdir()?.keep();
        let watcher = Watcher::start(&folder)?;
        Ok(Self { name, folder, child: Mutex::default(), _watcher: watcher })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the process on a free port, which the command is made for, and returns the port.
    pub(crate) fn launch_on_free_port(
        &self,
        mut command: impl FnMut(u16) -> Result<Command>,
        is_ready: impl Fn(u32, u16) -> bool,
    ) -> Result<u16> {
        let mut outcome = Ok(0);
        // Another process may take the free port before the server does.
        for _ in 0..3 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            outcome = self.launch(&mut command(port)?, |id| is_ready(id, port)).map(|()| port);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// Starts the process and waits until it is ready.
    pub(crate) fn launch(&self, command: &mut Command, is_ready: impl Fn(u32) -> bool) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log())?;
        // In a group of its own: Ctrl-C in a terminal is for the program that uses it.
        command.process_group(0);
        let mut child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        // For the watcher.
        fs::write(self.folder.join("pid"), child.id().to_string())?;
        let outcome = wait_until("the server is ready", || {
            if let Some(status) = child.try_wait()? {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                bail!("{} did not start ({status}): {log}", self.name);
            }
            Ok(is_ready(child.id()))
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

    /// Sends the signal that ends it and waits until it has ended.
    pub(crate) fn stop_with(&self, signal: Signal) -> Result<()> {
        let mut server = self.lock();
        let Some(child) = server.as_mut() else { return Ok(()) };
        send(pid(child)?, signal)?;
        wait_until("the server stops", || Ok(child.try_wait()?.is_some()))?;
        *server = None;
        self.forget()
    }

    /// Kills the process and its children at once.
    pub(crate) fn kill9(&self) -> Result<()> {
        let mut server = self.lock();
        let Some(mut child) = server.take() else { return Ok(()) };
        let children = signal_tree(pid(&child)?, Signal::SIGKILL)?;
        child.wait()?;
        wait_until("the killed processes are gone", || Ok(!children.iter().any(|child| is_alive(*child))))?;
        self.forget()
    }

    /// The process id may soon be another's, which the watcher must not end.
    fn forget(&self) -> Result<()> {
        fs::remove_file(self.folder.join("pid")).context("remove the file with the process id")
    }

    /// Kills the process at once, and leaves its children to themselves.
    pub(crate) fn kill9_alone(&self) -> Result<()> {
        let mut server = self.lock();
        let Some(mut child) = server.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        self.forget()
    }

    /// The process's id while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.lock().as_ref().map(Child::id)
    }

    /// Whether its process ended although nobody ended it.
    pub(crate) fn has_ended(&self) -> Result<bool> {
        self.lock().as_mut().map_or(Ok(false), |child| Ok(child.try_wait()?.is_some()))
    }

    /// What its processes have said so far.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Freezes the process and its children: clients get no answer, but keep their connections.
    pub(crate) fn pause(&self) -> Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets a paused process go on.
    pub(crate) fn resume(&self) -> Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Ends it when nobody needs it any more: with this signal, or at once if that fails. It must not be frozen for
    /// that.
    pub(crate) fn end(&self, signal: Signal) {
        let ended = self.resume().and_then(|()| self.stop_with(signal));
        if ended.is_err() {
            let _ = self.kill9();
        }
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let server = self.lock();
        let child = server.as_ref().context("the server does not run")?;
        signal_tree(pid(child)?, signal).map(|_| ())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
