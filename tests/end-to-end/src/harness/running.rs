//! A deployment of the whole platform: `lyceum up` on free ports.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use tempfile::TempDir;

use super::process::Group;
use super::{Backend, Console, Database, Log, Manifest, Post, Prepared, program};
use crate::client::{Client, Credentials};

/// How long a start may take: the first one on a machine compiles every component.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a deployment differs from the usual one.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where rows are kept.
    pub backend: Backend,
    /// The manifest; changed ones are copies.
    pub manifest: Manifest,
    /// More environment variables.
    pub environment: BTreeMap<String, String>,
    /// Whether nobody reads what it writes to its output, neither greeting nor log.
    pub unread: bool,
}

impl Setup {
    /// The repository's own manifest on this backend.
    pub fn of(backend: Backend) -> Result<Self> {
        Ok(Self {
            backend,
            manifest: Manifest::of_repository()?,
            environment: BTreeMap::new(),
            unread: false,
        })
    }

    /// The same with another manifest.
    #[must_use]
    pub fn with_manifest(self, manifest: Manifest) -> Self {
        Self { manifest, ..self }
    }

    /// The same with one more environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with its output going to somebody who is gone, as a collector of logs that was restarted.
    #[must_use]
    pub fn unread(self) -> Self {
        Self { unread: true, ..self }
    }
}

/// `addresses.json`.
#[derive(Clone, Debug, Deserialize)]
struct Addresses {
    listen: String,
    admin: String,
    pid: u32,
}

/// A running deployment with a data folder of its own. Dropping it kills it and removes the folder.
pub struct Lyceum {
    // Stops before the folder and the server go.
    group: Group,
    addresses: Addresses,
    started_in: Duration,
    database: Database,
    setup: Setup,
    folder: TempDir,
}

impl Lyceum {
    /// Starts a deployment and waits until it is ready.
    pub async fn start(setup: Setup) -> Result<Self> {
        let database = setup.backend.database()?;
        Self::start_on(setup, database).await
    }

    /// Starts a deployment from what `lyceum backup` has copied. Returns what `lyceum restore` said, too.
    pub async fn start_restored(setup: Setup, backup: &Path) -> Result<(Self, String)> {
        let prepared = Prepared::new(setup)?;
        let said = prepared.console().say(&["restore", &backup.display().to_string(), "--single-host"])?;
        Ok((prepared.start().await?, said))
    }

    /// Starts a deployment on a database that is there already.
    pub async fn start_on(setup: Setup, database: Database) -> Result<Self> {
        Prepared::on(setup, database)?.start().await
    }

    pub(super) async fn start_in(folder: TempDir, setup: Setup, database: Database) -> Result<Self> {
        let began = Instant::now();
        let group = Group::start(command(folder.path(), &database, &setup, &[])?)?;
        let addresses = Addresses { listen: String::new(), admin: String::new(), pid: group.id() };
        let mut lyceum = Self { group, addresses, started_in: Duration::ZERO, database, setup, folder };
        lyceum.wait_until_ready(began).await?;
        Ok(lyceum)
    }

    /// Starts again on the same data, after it ended in whichever way. `environment` is added for this start alone.
    pub async fn restart(&mut self, environment: &[(&str, &str)]) -> Result<()> {
        ensure!(self.group.ended()?.is_some(), "a deployment that still runs can't be started again");
        let began = Instant::now();
        self.group = Group::start(command(self.folder.path(), &self.database, &self.setup, environment)?)?;
        self.wait_until_ready(began).await
    }

    /// Starts another host of the same application: on the same servers, with a data folder of its own.
    pub async fn start_another(&self) -> Result<Self> {
        let database = self.database.clone();
        ensure!(matches!(database, Database::Server { .. }), "hosts can't share files");
        Self::start_on(self.setup.clone(), database).await
    }

    async fn wait_until_ready(&mut self, began: Instant) -> Result<()> {
        let file = self.data().join("addresses.json");
        loop {
            if let Ok(text) = fs::read_to_string(&file) {
                let addresses: Addresses = serde_json::from_str(&text).context("parse addresses.json")?;
                // A killed predecessor leaves its own behind.
                if addresses.pid == self.group.id() {
                    self.addresses = addresses;
                    self.started_in = began.elapsed();
                    return Ok(());
                }
            }
            if let Some(status) = self.group.ended()? {
                bail!("lyceum up ended with {status} before it was ready:\n{}", self.log().tail());
            }
            if began.elapsed() > PATIENCE {
                bail!("lyceum up was not ready after {PATIENCE:?}:\n{}", self.log().tail());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A client of the public address.
    pub fn client(&self) -> Result<Client> {
        Client::new(format!("http://{}", self.addresses.listen))
    }

    /// A client of the operators' address.
    pub fn operators(&self) -> Result<Client> {
        Client::new(format!("http://{}", self.addresses.admin))
    }

    /// The public address and the operators', without a scheme.
    pub fn addresses(&self) -> (&str, &str) {
        (&self.addresses.listen, &self.addresses.admin)
    }

    /// The first admin.
    pub fn admin(&self) -> Credentials {
        admin()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where its mail arrives while no server is named for it.
    pub fn post(&self) -> Post {
        Post::Folder(self.data().join("mail"))
    }

    /// What it wrote since its first start.
    pub fn log(&self) -> Log {
        Log { file: self.folder.path().join("log") }
    }

    /// Its database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Which kind of database it has.
    pub fn backend(&self) -> Backend {
        self.setup.backend
    }

    /// How long the latest start took, until it was ready.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// SIGKILL to the whole process group.
    pub fn kill9(&mut self) -> Result<()> {
        self.group.kill9()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.group.ended()?.is_some())
    }

    /// Waits until a failpoint has killed it.
    pub fn wait_for_kill(&mut self, patience: Duration) -> Result<()> {
        self.group.wait_for_kill(patience)
    }

    /// SIGTERM, upon which it must finish what it does and end with exit code 0.
    pub fn terminate(&mut self) -> Result<()> {
        self.group.terminate(Duration::from_secs(30)).with_context(|| self.log().tail())
    }

    /// The program's other commands on this deployment.
    pub fn console(&self) -> Console {
        Console {
            folder: self.folder.path().to_owned(),
            database: self.database.clone(),
            setup: self.setup.clone(),
        }
    }

    /// `lyceum events` on this deployment's data: its output.
    pub fn events(&self, arguments: &[&str]) -> Result<std::process::Output> {
        self.console().run(&[&["events"], arguments].concat())
    }

    /// Another command of the program on this deployment: its output.
    pub fn command(&self, arguments: &[&str]) -> Result<std::process::Output> {
        self.console().run(arguments)
    }
}

fn admin() -> Credentials {
    Credentials {
        email: "head@lyceum.example.org".to_owned(),
        password: "the owl of the acropolis".to_owned(),
    }
}

fn command(folder: &Path, database: &Database, setup: &Setup, more: &[(&str, &str)]) -> Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["up", "--single-host", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
    command.arg("--manifest").arg(folder.join("spin.toml")).arg("--data").arg(folder.join("data"));
    let output: OwnedFd = if setup.unread {
        std::io::pipe().context("make a pipe")?.1.into()
    } else {
        let log = OpenOptions::new().create(true).append(true).open(folder.join("log"));
        log.context("open the log")?.into()
    };
    command.stdout(output.try_clone()?).stderr(output);
    environment(&mut command, database, setup, more);
    Ok(command)
}

/// Only what a test chose: nothing of the developer's own settings.
pub(super) fn environment(command: &mut Command, database: &Database, setup: &Setup, more: &[(&str, &str)]) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LYCEUM_") {
            command.env_remove(name);
        }
    }
    let admin = admin();
    command.env("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", admin.email);
    command.env("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", admin.password);
    command.env("LYCEUM_LOG", "info,access=debug,components=debug").env("LYCEUM_LOG_FORMAT", "json");
    if let Database::Server { url, .. } = database {
        command.env("LYCEUM_SQL", url);
    }
    command.envs(&setup.environment);
    command.envs(more.iter().copied());
}
