//! A lattice on this machine: NATS and the other servers, wadm, three hosts, and the application.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::{Lattice, images};
use crate::process::{output, step};
use crate::real::Servers;
use crate::workspace::Workspace;

/// Labels of the hosts.
const ZONES: [&str; 3] = ["a", "b", "c"];
/// How long everything may take to be deployed and to answer.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long a process may take to end.
const GRACE: Duration = Duration::from_secs(15);
/// 32 bytes, of no use to anybody: what is signed with it goes with the lattice.
const SECRET: &str = "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ";
/// Who may do everything.
pub(crate) const ADMIN: (&str, &str) = ("admin@lyceum.invalid", "an anchor in the harbour");

/// A process and those that it starts.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let Ok(id) = i32::try_from(self.0.id()) else { return };
        let group = Pid::from_raw(id);
        // Its providers end with their host; what is left is ended with it.
        let _ = killpg(group, Signal::SIGTERM);
        let end = Instant::now() + GRACE;
        while Instant::now() < end && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

/// A lattice that runs until this value goes.
pub(crate) struct Running {
    // In the order in which they end.
    _hosts: Vec<Group>,
    _wadm: Group,
    _servers: Servers,
    /// Where the hosts take requests.
    pub(crate) addresses: Vec<SocketAddr>,
    /// What each process says.
    pub(crate) logs: PathBuf,
}

impl Running {
    /// Starts everything and waits until the application answers on every host.
    pub(crate) fn start(workspace: &Workspace, lattice: &Lattice) -> Result<Self> {
        let images = images::lay_out(workspace, lattice, &images::version(workspace)?)?;
        step("starting private servers; what is missing is installed, and what they hold goes when they end");
        let servers = Servers::start()?;
        let links = servers.links("lyceum")?;
        let nats = servers.nats_address();
        let program = lattice.program("lyceum-lattice")?;
        let logs = workspace.root.join("build/lattice/logs");
        std::fs::create_dir_all(&logs)?;
        let command = || {
            let mut command = Command::new(&program);
            command.current_dir(&workspace.root).envs(links.iter().cloned());
            command.env("LYCEUM_LATTICE_NATS", &nats).env("LYCEUM_ROOT_SECRET", SECRET);
            command.env("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", ADMIN.0);
            command.env("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", ADMIN.1);
            command
        };

        let mut migrate = Command::new(workspace.program("release", "lyceum"));
        migrate.current_dir(&workspace.root).envs(links.iter().cloned()).args(["migrate", "--single-host"]);
        output(migrate.env("LYCEUM_ROOT_SECRET", SECRET))?;

        step("starting wadm and three hosts");
        let wadm = launch(command().arg("wadm"), &logs.join("wadm.log"))?;
        let mut hosts = Vec::new();
        for zone in ZONES {
            let label = format!("zone={zone}");
            hosts.push(launch(
                command().args(["host", "--label", &label]),
                &logs.join(format!("host-{zone}.log")),
            )?);
        }
        let addresses = free_addresses(ZONES.len())?;
        let mut configure = command();
        configure.arg("configure");
        for (zone, address) in ZONES.iter().zip(&addresses) {
            configure.args(["--listen", &format!("{zone}={address}")]);
        }
        again("configure the lattice", || output(&mut configure))?;
        step("deploying wadm/lyceum.yaml");
        let mut deploy = command();
        deploy.args(["deploy", "wadm/lyceum.yaml", "--images"]).arg(&images);
        output(&mut deploy)?;
        let running = Self { _hosts: hosts, _wadm: wadm, _servers: servers, addresses, logs };
        running.wait()?;
        Ok(running)
    }

    fn wait(&self) -> Result<()> {
        for address in &self.addresses {
            again(&format!("ask http://{address}/api/v1/health"), || {
                let answer = ureq::get(format!("http://{address}/api/v1/health")).call()?;
                ensure!(answer.status() == 200, "{}", answer.status());
                Ok(())
            })?;
        }
        Ok(())
    }
}

fn launch(command: &mut Command, log: &Path) -> Result<Group> {
    let log = File::create(log).with_context(|| format!("make {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    Ok(Group(command.spawn().context("start a process of the lattice")?))
}

/// Repeats what needs others to be ready.
fn again<T>(what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Ok(done) => return Ok(done),
            Err(error) if Instant::now() >= end => bail!("{what}: {error:#}"),
            Err(_) => std::thread::sleep(Duration::from_millis(250)),
        }
    }
}

/// Ports that nobody uses now; kept until all are found, so that they differ.
fn free_addresses(count: usize) -> Result<Vec<SocketAddr>> {
    let listeners =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<Vec<_>, _>>()?;
    Ok(listeners.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?)
}
