//! The lattice as a whole.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use lyceum_private_servers::{NatsServer, PostgresServer, Program, Servers};
use serde_json::Value;
use tempfile::TempDir;

use crate::repeat::again;
use crate::secured::Role;
use crate::{Host, Options, Programs, Secured};

/// 32 bytes, of no use to anybody: what is signed with it goes with the lattice.
pub const SECRET: &str = "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ";
/// Address and password of who may do everything.
pub const ADMIN: (&str, &str) = ("admin@lyceum.invalid", "an anchor in the harbour");
/// The application's name, in its manifests.
const APPLICATION: &str = "lyceum";

/// A lattice that runs until this value goes.
#[derive(Debug)]
pub struct Lattice {
    // In the order in which they end.
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
    wadm: Program,
    servers: Servers,
    secured: Option<Secured>,
    programs: Programs,
    /// What every program of the lattice is told.
    environment: Vec<(String, String)>,
    /// What hosts unpack; a host that is killed leaves it behind.
    _unpacked: TempDir,
    /// The application's own manifest.
    manifest: PathBuf,
    /// Where each zone takes requests.
    addresses: BTreeMap<String, SocketAddr>,
}

impl Lattice {
    /// Starts everything that the environment says where to find, and waits until the application answers on every host.
    ///
    /// # Errors
    /// If something can't be started, or doesn't answer in time.
    pub fn start(options: &Options) -> Result<Self> {
        Self::start_with(Programs::from_environment()?, options)
    }

    /// The same, from these programs.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(programs: Programs, options: &Options) -> Result<Self> {
        let postgres =
            if options.durable { PostgresServer::start_with(&[]) } else { PostgresServer::start() };
        let secured = options.secured.then(|| Secured::prepare(&programs)).transpose()?;
        let nats = secured.as_ref().map_or_else(NatsServer::start, Secured::server)?;
        let servers = Servers::with(postgres.context("can't start PostgreSQL")?, nats)?;
        let unpacked = tempfile::Builder::new().prefix("lyceum-unpacked-").tempdir()?;
        let mut environment = environment(&servers, &programs, options)?;
        environment.push(("TMPDIR".to_owned(), unpacked.path().to_string_lossy().into_owned()));
        let own = options.application.clone();
        let own = own.unwrap_or_else(|| programs.application.join("spin.toml"));
        migrate(&programs, &environment, &own)?;
        let told = of_role(&environment, secured.as_ref(), Role::Wadm, &servers);
        let wadm = started("wadm", &programs, &told, vec!["wadm".to_owned()])?;
        let lattice = Self {
            hosts: Mutex::default(),
            wadm,
            servers,
            secured,
            _unpacked: unpacked,
            manifest: own,
            addresses: addresses(options.zones.iter().chain(&options.empty_zones))?,
            programs,
            environment,
        };
        for zone in &options.zones {
            lattice.start_host(zone, zone)?;
        }
        again("found the hosts", || {
            let found = lattice.inventory()?.as_array().map_or(0, Vec::len);
            ensure!(found == options.zones.len(), "{found} of {} hosts are there", options.zones.len());
            Ok(())
        })?;
        lattice.configure()?;
        let manifest = options.manifest.clone();
        let manifest = manifest.unwrap_or_else(|| lattice.programs.application.join("wadm/lyceum.yaml"));
        // What is waited for are answers.
        lattice.run(&[
            "deploy",
            &manifest.to_string_lossy(),
            "--images",
            &lattice.images(),
            "--wait",
            "0",
        ])?;
        for host in lattice.hosts() {
            lattice.wait_for(host.address, options.ready)?;
        }
        Ok(lattice)
    }

    /// The servers behind it.
    pub fn servers(&self) -> &Servers {
        &self.servers
    }

    /// wadm's process.
    pub fn wadm(&self) -> &Program {
        &self.wadm
    }

    /// The hosts, by name.
    pub fn hosts(&self) -> Vec<Arc<Host>> {
        self.lock().values().cloned().collect()
    }

    /// The host of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn host(&self, name: &str) -> Result<Arc<Host>> {
        self.lock().get(name).cloned().with_context(|| format!("there is no host {name}"))
    }

    /// Starts one more host, and doesn't wait until it serves. Hosts of one zone would take the same address on this one
    /// machine: the first has it.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start_host(&self, name: &str, zone: &str) -> Result<Arc<Host>> {
        let arguments = ["host", "--label", &format!("zone={zone}"), "--label", &format!("name={name}")];
        let arguments = arguments.map(str::to_owned).to_vec();
        let host = Arc::new(Host {
            name: name.to_owned(),
            zone: zone.to_owned(),
            address: self.address(zone)?,
            program: started("lattice-host", &self.programs, &self.environment_of(Role::Host), arguments)?,
        });
        self.lock().insert(name.to_owned(), Arc::clone(&host));
        Ok(host)
    }

    /// Tells the lattice of servers, secrets and addresses.
    ///
    /// # Errors
    /// If no host answers, or one refuses.
    pub fn configure(&self) -> Result<()> {
        let mut configure = self.command();
        configure.arg("configure").arg("--manifest").arg(&self.manifest);
        for (zone, address) in &self.addresses {
            configure.args(["--listen", &format!("{zone}={address}")]);
        }
        output(&mut configure).map(drop)
    }

    /// What every program of the lattice is told, by name and value.
    pub fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// `lyceum-lattice`, told of this lattice; the arguments are left to be added.
    pub fn command(&self) -> Command {
        command(&self.programs, &self.environment_of(Role::Operator))
    }

    fn environment_of(&self, role: Role) -> Vec<(String, String)> {
        of_role(&self.environment, self.secured.as_ref(), role, &self.servers)
    }

    /// The keys of the roles, if the lattice has any.
    pub fn secured(&self) -> Option<&Secured> {
        self.secured.as_ref()
    }

    /// Runs `lyceum-lattice` with these arguments, and gives what it prints.
    ///
    /// # Errors
    /// If it fails, with what it said.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        output(self.command().args(arguments))
    }

    /// What runs on each host, as the hosts themselves tell it: `lyceum-lattice status --json`.
    ///
    /// # Errors
    /// If they can't be asked.
    pub fn inventory(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(&["status", "--json"])?)?)
    }

    /// The folder of the images, as an argument.
    pub fn images(&self) -> String {
        self.programs.images.to_string_lossy().into_owned()
    }

    /// What the lattice is made of.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Where this zone takes requests.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn address(&self, zone: &str) -> Result<SocketAddr> {
        self.addresses.get(zone).copied().with_context(|| format!("the lattice has no zone {zone}"))
    }

    /// Waits until that path is answered there with 200.
    ///
    /// # Errors
    /// If it isn't in time.
    pub fn wait_for(&self, address: SocketAddr, path: &str) -> Result<()> {
        again(&format!("asked http://{address}{path}"), || {
            for host in self.hosts() {
                ensure!(!host.program.has_ended()?, "host {} has ended:\n{}", host.name, host.program.log()?);
            }
            let answer = ureq::get(format!("http://{address}{path}")).call()?;
            ensure!(answer.status() == 200, "{}", answer.status());
            Ok(())
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Host>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn environment(servers: &Servers, programs: &Programs, options: &Options) -> Result<Vec<(String, String)>> {
    let nats = servers.nats.url();
    let nats = nats.split_once("://").map_or(nats.as_str(), |(_, address)| address).trim_end_matches('/');
    let compiled = programs.images.join("compiled");
    let own = [
        ("LYCEUM_LATTICE_NATS", nats),
        ("LYCEUM_ROOT_SECRET", SECRET),
        ("LYCEUM_LATTICE_COMPILED", &compiled.to_string_lossy()),
    ];
    let admin =
        [("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", ADMIN.0), ("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", ADMIN.1)];
    let admin = options.with_admin.then_some(admin).into_iter().flatten();
    let mut environment: Vec<_> =
        servers.links(APPLICATION)?.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    environment.extend(own.into_iter().chain(admin).map(|(name, value)| (name.to_owned(), value.to_owned())));
    environment.extend(options.environment.iter().cloned());
    Ok(environment)
}

/// With what this role is told beside it.
fn of_role(
    all: &[(String, String)],
    secured: Option<&Secured>,
    role: Role,
    servers: &Servers,
) -> Vec<(String, String)> {
    let own = secured.map(|secured| secured.environment(role, &servers.nats)).unwrap_or_default();
    all.iter().cloned().chain(own).collect()
}

fn command(programs: &Programs, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(&programs.lattice);
    command.current_dir(&programs.application).envs(environment.iter().cloned());
    command
}

fn started(
    name: &'static str,
    programs: &Programs,
    environment: &[(String, String)],
    arguments: Vec<String>,
) -> Result<Program> {
    let (programs, environment) = (programs.clone(), environment.to_vec());
    Program::start(name, move || {
        let mut command = command(&programs, &environment);
        command.args(&arguments);
        command
    })
}

fn migrate(programs: &Programs, environment: &[(String, String)], manifest: &Path) -> Result<()> {
    let mut migrate = Command::new(&programs.lyceum);
    migrate.current_dir(&programs.application).envs(environment.iter().cloned());
    output(migrate.args(["migrate", "--single-host", "--manifest"]).arg(manifest)).map(drop)
}

fn output(command: &mut Command) -> Result<String> {
    let done = command.output().with_context(|| format!("start {}", command.get_program().display()))?;
    if !done.status.success() {
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        bail!("{} failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    }
    String::from_utf8(done.stdout).context("it printed no UTF-8")
}

/// Ports that nobody uses now; kept until all are found, so that they differ.
fn addresses<'a>(zones: impl Iterator<Item = &'a &'static str>) -> Result<BTreeMap<String, SocketAddr>> {
    let mut kept = Vec::new();
    let mut found = BTreeMap::new();
    for zone in zones {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        found.insert((*zone).to_owned(), listener.local_addr()?);
        kept.push(listener);
    }
    Ok(found)
}
