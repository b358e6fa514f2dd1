//! The application: its components, joined with their databases, the event bus and each other.

mod buckets;
mod bus;
mod catching_up;
pub(crate) mod components;
mod consumers;
pub(crate) mod containers;
mod live;
pub(crate) mod outside;
mod overview;
mod stores;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lyceum_clock::WallClock;
use lyceum_events::EventBus;
use lyceum_live::Hub;
use lyceum_mail::{FileSender, Sender, SmtpSender};
use lyceum_manifest::{Component as Declared, MailLink, OutboundLink, Report};
use lyceum_mesh::Mesh;
use lyceum_mesh::identity::Keyring;
use lyceum_runtime::{Component, Links, Metrics, Network, Ticker};
use lyceum_sql::{RelayHandle, Servers};
use prometheus_client::registry::Registry;
use tracing::{debug, info};

pub(crate) use overview::Overview;
use stores::Stores;

use crate::clock::{Shown, of_databases};
use crate::secret;
use crate::settings::{Settings, Where};
use buckets::Buckets;

/// What an operator chose at the start.
pub(crate) struct Choices {
    /// Apply migrations that are missing, instead of refusing to start.
    pub(crate) migrate: bool,
    /// An instance that waits this long for a call ends.
    pub(crate) idle: Duration,
    /// How many streams are kept.
    pub(crate) live: lyceum_live::Options,
    /// Services on a PostgreSQL server share its connections.
    pub(crate) servers: Servers,
    /// The time that components see.
    pub(crate) clock: WallClock,
}

/// A running application.
pub(crate) struct Application {
    public: String,
    network: Arc<Network>,
    bus: Arc<dyn EventBus>,
    relays: Vec<RelayHandle>,
    live: Arc<Hub>,
    overview: Arc<Overview>,
    /// Ends with the application.
    _ticker: Ticker,
}

impl Application {
    /// Starts everything but the listeners.
    pub(crate) async fn start(settings: &Settings, place: &Where, choices: Choices) -> Result<Self> {
        let Choices { migrate, idle, live, servers, clock } = choices;
        let shown = Shown(clock);
        let manifest = &settings.manifest;
        let secret = secret::root(&place.data)?;
        let engine = components::engine(manifest, place)?;
        let ticker = Ticker::start(&engine)?;
        let (mut loaded, mistakes) =
            components::load(&engine, manifest, &place.manifest, |far| info!("{far}")).await;
        if !mistakes.is_empty() {
            bail!("{}", Report(mistakes));
        }
        let stores = Stores { settings, loaded: &loaded, migrate, clock: of_databases(clock) };
        let databases = stores.databases(&servers).await?;
        let documents = stores.documents().await?;
        let bus = bus::open(&settings.links.events, &manifest.name, shown).await?;
        let live = live::open(&*bus, lyceum_live::Options { clock, ..live });
        let mail = sender(&settings.links.mail)?;
        let buckets = Buckets::open(&settings.links.keyvalue, &manifest.name).await?;

        let containers = containers::open(&settings.links.blobs).await?;
        let network =
            network(manifest.components.values(), secret.keyring(), &settings.links.outbound, shown)?;
        let mut registry = Registry::with_prefix("lyceum");
        let metrics = Metrics::register(&mut registry);
        let mut connected = Vec::new();
        for declared in manifest.components.values() {
            let Some(checked) = loaded.remove(&declared.id) else { continue };
            debug!(target: "components", component = declared.id, sha256 = checked.digest, "loaded");
            let mut config = configuration(settings, declared)?;
            config.extend(secret.configuration(&declared.id).map(|(name, value)| (name.to_owned(), value)));
            let links = Links {
                sql: databases.get(&declared.id).map(|database| Arc::clone(database) as _),
                documents: documents.get(&declared.id).map(|documents| Arc::clone(documents) as _),
                keyvalue: declared
                    .keyvalue
                    .iter()
                    .map(|(name, link)| (name.clone(), buckets.bucket(&declared.id, name, link)))
                    .collect(),
                containers: declared
                    .containers
                    .iter()
                    .map(|name| (name.clone(), containers.container(&declared.id, name)))
                    .collect(),
                mail: declared.mail.then(|| Arc::clone(&mail)),
                config,
                clock,
            };
            connected.push(Arc::new(Component::new(
                &declared.id,
                checked.file,
                links,
                components::limits(declared),
                Arc::downgrade(&network),
                metrics.component(&declared.id),
            )));
        }
        network.connect(connected);
        network.end_idle_instances(idle);

        for declared in manifest.components.values() {
            consumers::subscribe(&*bus, &network, declared).await?;
        }
        let relays = databases.values().map(|database| database.spawn_relay(Arc::clone(&bus) as _));
        let relays = relays
            .chain(documents.values().map(|documents| documents.spawn_relay(Arc::clone(&bus) as _)))
            .collect();
        bus.spawn_ticks();
        let caught_up = catching_up::watch(&bus);
        let (shown, memory) = (Arc::clone(&network), buckets.memory());
        let overview =
            Overview::new(registry, shown, Arc::clone(&bus), databases, documents, caught_up, memory);
        Ok(Self {
            public: manifest.public.clone(),
            network,
            bus,
            relays,
            overview: Arc::new(overview.with_live(Arc::clone(&live))),
            live,
            _ticker: ticker,
        })
    }

    /// What operators may look at.
    pub(crate) fn overview(&self) -> Arc<Overview> {
        Arc::clone(&self.overview)
    }

    /// What keeps streams.
    pub(crate) fn live(&self) -> Arc<Hub> {
        Arc::clone(&self.live)
    }

    /// The component that answers the outside.
    pub(crate) fn public(&self) -> Result<Arc<Component>> {
        let component = self.network.component(&self.public);
        component.cloned().with_context(|| format!("there is no component {}", self.public))
    }

    /// Publishes what is committed, finishes the events in progress, and flushes everything to disk.
    pub(crate) async fn stop(self) {
        for relay in self.relays {
            relay.shutdown().await;
        }
        self.bus.shutdown().await;
    }
}

/// What the component is told by `wasi:config/store`, but for its keys.
pub(crate) fn configuration(settings: &Settings, declared: &Declared) -> Result<BTreeMap<String, String>> {
    let mut config = settings.variables.of_component(declared);
    config.insert("lyceum.body-limit".into(), declared.limits.collected_body().to_string());
    if declared.issuer {
        config.insert("lyceum.routes".into(), serde_json::to_string(&settings.manifest.route_table())?);
        let url = settings.links.public_url.as_ref();
        config.extend(url.map(|url| ("lyceum.public-url".to_owned(), url.to_string())));
    }
    Ok(config)
}

fn sender(link: &MailLink) -> Result<Arc<dyn Sender>> {
    Ok(match link {
        MailLink::Folder(folder) => Arc::new(
            FileSender::new(folder).with_context(|| format!("open the mail folder {}", folder.display()))?,
        ),
        MailLink::Smtp { server, from } => {
            Arc::new(SmtpSender::open(server.reveal(), from).context("LYCEUM_MAIL and LYCEUM_MAIL_FROM")?)
        }
        _ => bail!("this host has no such mail backend"),
    })
}

fn network<'a>(
    components: impl Iterator<Item = &'a Declared>,
    keyring: Keyring,
    link: &OutboundLink,
    clock: Shown,
) -> Result<Arc<Network>> {
    let (mut mesh, mut issuers) = (Mesh::builder().clock(Arc::new(clock)), BTreeSet::new());
    let mut calls_outside = false;
    for declared in components {
        calls_outside |= declared.allowed_outbound_hosts.outside().next().is_some();
        // Every permit and every place in the queue may be a call in flight.
        let limit = declared.limits.concurrency + declared.limits.queue;
        mesh = mesh.caller(&declared.id, declared.allowed_outbound_hosts.clone());
        if let Some(limit) = NonZeroUsize::new(limit) {
            mesh = mesh.limit(&declared.id, limit);
        }
        if declared.issuer {
            issuers.insert(declared.id.clone());
        }
    }
    let mesh = mesh.build();
    let outside = if calls_outside { Some(outside::open(mesh.clone(), link)?) } else { None };
    Ok(Network::new(mesh, keyring, issuers, outside))
}
