//! The deployments that scenarios run against, each started when it is first needed.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_end_to_end::client::{Client, Credentials, Person};
use lyceum_end_to_end::harness::{Backend, Console, Log, Lyceum, Manifest, Post, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_lattice::{ADMIN, Lattice, Options, SECRET};
use lyceum_private_servers::{NatsServer, RedisServer, S3Server, SmtpServer};
use tokio::sync::{Mutex, OnceCell};

/// Which deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    /// Every request has an instance of its own.
    FreshInstances,
    /// All requests for a component go one after the other through the same instance.
    OneInstance,
    /// On every server that Lyceum can be linked to.
    RealServers,
    /// On three hosts of a wasmCloud lattice, and every server.
    Lattice,
    /// Somebody else's, by its address.
    Given,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::FreshInstances => "fresh_instances",
            Self::OneInstance => "one_instance",
            Self::RealServers => "real_servers",
            Self::Lattice => "lattice",
            Self::Given => "given",
        })
    }
}

/// What a scenario knows of its deployment: an address and an admin, and the inside only where it is ours.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) client: Client,
    pub(crate) admin: Person,
    pub(crate) inside: Option<Inside>,
    /// What all keys come from, of a deployment of ours.
    pub(crate) root_secret: Option<String>,
}

/// The inside of a deployment that this test process started.
#[derive(Clone)]
pub(crate) struct Inside {
    pub(crate) console: Console,
    pub(crate) post: Post,
    pub(crate) log: Log,
    pub(crate) operators: Client,
}

/// One deployment of ours and what is known of it.
pub(crate) struct Own {
    pub(crate) kind: Kind,
    pub(crate) lyceum: Mutex<Lyceum>,
    target: Target,
    /// Stop after Lyceum.
    _servers: Option<Servers>,
}

/// The servers beside the database.
struct Servers {
    nats: NatsServer,
    redis: RedisServer,
    mail: Arc<SmtpServer>,
    blobs: S3Server,
}

impl Servers {
    fn start() -> Result<Self> {
        let blobs = S3Server::start()?;
        blobs.create_bucket("lyceum")?;
        Ok(Self {
            nats: NatsServer::start()?,
            redis: RedisServer::start()?,
            mail: Arc::new(SmtpServer::start()?),
            blobs,
        })
    }

    fn link(&self, setup: Setup) -> Setup {
        setup
            .with_variable("LYCEUM_EVENTS", &self.nats.url())
            .with_variable("LYCEUM_KEYVALUE", &self.redis.url())
            .with_variable("LYCEUM_BLOBS", &format!("s3://lyceum/files?endpoint={}", self.blobs.url()))
            .with_variable("AWS_ACCESS_KEY_ID", S3Server::KEY)
            .with_variable("AWS_SECRET_ACCESS_KEY", S3Server::SECRET)
            .with_variable("LYCEUM_MAIL", &self.mail.url())
            .with_variable("LYCEUM_MAIL_FROM", "Lyceum <noreply@lyceum.invalid>")
    }
}

pub(crate) struct Deployments {
    given: Option<String>,
    running: [OnceCell<Arc<Own>>; 5],
    lattice: OnceCell<(Target, Lattice)>,
}

impl Deployments {
    pub(crate) fn chosen() -> Self {
        let given = std::env::var("LYCEUM_TEST_BASE_URL").ok();
        Self { given, running: Default::default(), lattice: OnceCell::new() }
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        match self.given {
            Some(_) => vec![Kind::Given],
            // As `cargo xtask test --with real` chooses.
            None => match std::env::var("LYCEUM_TEST_WITH").as_deref() {
                Ok("real") => vec![Kind::RealServers],
                Ok("lattice") => vec![Kind::Lattice],
                Ok("embedded") => vec![Kind::Sqlite, Kind::FreshInstances, Kind::OneInstance],
                _ => vec![
                    Kind::Sqlite,
                    Kind::Postgres,
                    Kind::FreshInstances,
                    Kind::OneInstance,
                    Kind::RealServers,
                    Kind::Lattice,
                ],
            },
        }
    }

    /// Whether all scenarios run on it, and not only those that run everywhere.
    pub(crate) fn in_full(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Sqlite | Kind::RealServers) || self.kinds() == [kind]
    }

    /// Those of ours that were started.
    pub(crate) fn started(&self) -> Vec<Arc<Own>> {
        self.running.iter().filter_map(|cell| cell.get().cloned()).collect()
    }

    pub(crate) async fn target(&self, kind: Kind) -> Result<Target> {
        if kind == Kind::Lattice {
            return Ok(self.lattice.get_or_try_init(lattice).await?.0.clone());
        }
        let Some(cell) = self.running.get(kind as usize) else { return self.given().await };
        let own = cell.get_or_try_init(|| async { anyhow::Ok(Arc::new(start(kind).await?)) }).await?;
        Ok(own.target.clone())
    }

    async fn given(&self) -> Result<Target> {
        let client = Client::new(self.given.as_deref().unwrap_or_default())?;
        let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is needed too"));
        let admin = Credentials {
            email: variable("LYCEUM_TEST_ADMIN_EMAIL")?,
            password: variable("LYCEUM_TEST_ADMIN_PASSWORD")?,
        };
        Ok(Target { admin: client.sign_in(&admin).await?, client, inside: None, root_secret: None })
    }
}

/// A lattice that is asked on one of its hosts.
async fn lattice() -> Result<(Target, Lattice)> {
    let lattice = tokio::task::spawn_blocking(|| Lattice::start(&Options::default())).await??;
    let client = Client::new(format!("http://{}", lattice.host("a")?.address))?;
    let admin = Credentials { email: ADMIN.0.to_owned(), password: ADMIN.1.to_owned() };
    // The first tick makes the admin.
    let admin = until("the admin can sign in", PATIENCE, || async { Ok(client.sign_in(&admin).await.ok()) });
    let root_secret = Some(SECRET.to_owned());
    Ok((Target { admin: admin.await?, client, inside: None, root_secret }, lattice))
}

async fn start(kind: Kind) -> Result<Own> {
    let mut manifest = Manifest::of_repository()?;
    match kind {
        Kind::FreshInstances => manifest = manifest.with_reuse(1)?,
        Kind::OneInstance => {
            for id in manifest.component_ids()? {
                manifest = manifest.with_limit(&id, "concurrency", 1)?;
            }
        }
        _ => {}
    }
    let backend =
        if matches!(kind, Kind::Postgres | Kind::RealServers) { Backend::Postgres } else { Backend::Sqlite };
    let servers = if kind == Kind::RealServers { Some(Servers::start()?) } else { None };
    let mut setup = Setup::of(backend)?.with_manifest(manifest);
    if let Some(servers) = &servers {
        setup = servers.link(setup);
    }
    let lyceum = Lyceum::start(setup).await?;
    let client = lyceum.client()?;
    let admin = client.sign_in(&lyceum.admin()).await.with_context(|| lyceum.log().tail())?;
    let post = match &servers {
        Some(servers) => Post::Server(Arc::clone(&servers.mail)),
        None => lyceum.post(),
    };
    let inside =
        Some(Inside { console: lyceum.console(), post, log: lyceum.log(), operators: lyceum.operators()? });
    let root_secret =
        std::fs::read_to_string(lyceum.data().join("secret")).context("read the root secret")?;
    let target = Target { client, admin, inside, root_secret: Some(root_secret) };
    Ok(Own { kind, target, lyceum: Mutex::new(lyceum), _servers: servers })
}
