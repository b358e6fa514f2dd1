//! Which address is whose.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_events::{EventBus, JetStreamBus, JetStreamOptions};
use lyceum_front::{FrontOptions, serve};
use lyceum_live::Hub;
use lyceum_metrics::Family;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wasmcloud_provider_sdk::{LinkConfig, LinkDeleteInfo, Provider, ProviderConfigUpdate};

use super::component::Public;
use crate::configuration::Configuration;
use crate::versions::Versions;

/// How long a listener that is told to stop finishes what it has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// How long an address may still be another's that is about to end.
const HELD: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// A listener that runs.
struct Listening {
    address: SocketAddr,
    target: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
    live: Option<Live>,
}

/// What keeps a listener's streams, and what it hears, which ends with it.
struct Live {
    hub: Arc<Hub>,
    bus: Arc<JetStreamBus>,
}

impl Listening {
    async fn end(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a listener failed");
        }
        if let Some(live) = self.live {
            live.bus.shutdown().await;
        }
    }
}

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct HttpProvider {
    application: Arc<str>,
    largest_body: u64,
    patience: Duration,
    versions: Versions,
    listening: Arc<Mutex<HashMap<String, Listening>>>,
    /// The address of the event bus.
    events: Option<Arc<str>>,
    /// What keeps streams, of the newest listener: a provider has one at a time.
    live: Arc<std::sync::Mutex<Weak<Hub>>>,
}

impl HttpProvider {
    pub(super) fn of(config: &Configuration<'_>) -> Result<Self> {
        Ok(Self {
            application: config.get("application")?.into(),
            largest_body: config.read("largest_body")?,
            patience: Duration::from_millis(config.read("patience")?),
            versions: Versions::of(config.settings())?,
            listening: Arc::default(),
            events: config.find("url").map(Arc::from),
            live: Arc::default(),
        })
    }

    /// How requests are shared between versions of a component, and what the streams do.
    pub(super) fn figures(&self) -> Vec<Family> {
        let mut all = self.versions.figures();
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        all.extend(live.iter().flat_map(|live| lyceum_metrics::live::of(live.figures())));
        all
    }

    /// What keeps the streams of a listener, if there is a bus.
    async fn live(&self) -> Result<Option<Live>> {
        let Some(url) = &self.events else { return Ok(None) };
        let bus = JetStreamBus::connect(url, &self.application, JetStreamOptions::default()).await;
        let bus = bus.context("the event bus")?;
        let hub = Hub::new(lyceum_live::Options::default());
        hub.keep_tidy();
        bus.listen(Arc::clone(&hub) as _);
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&hub);
        Ok(Some(Live { hub, bus }))
    }

    /// Ends every listener, once what it has begun is finished.
    pub(super) async fn stop(&self) {
        let all: Vec<_> = self.listening.lock().await.drain().map(|(_, listening)| listening).collect();
        futures::future::join_all(all.into_iter().map(Listening::end)).await;
    }

    async fn listen(&self, address: SocketAddr, target: &str) -> Result<Listening> {
        let listener = bind(address).await?;
        let public =
            Public::new(&self.application, target, self.largest_body, self.patience, self.versions.clone());
        let (stop, live) = (CancellationToken::new(), self.live().await?);
        let hub = live.as_ref().map(|live| Arc::clone(&live.hub));
        let options = FrontOptions { drain: DRAIN, live: hub, ..FrontOptions::default() };
        let task = tokio::spawn(serve(listener, public, options, stop.clone()));
        tracing::info!(%address, component = target, "requests are taken");
        Ok(Listening { address, target: target.to_owned(), stop, task, live })
    }
}

impl Provider for HttpProvider {
    async fn receive_link_config_as_source(&self, link: LinkConfig<'_>) -> Result<()> {
        let address = Configuration::of_link(&link).get("address")?;
        let address =
            address.parse::<SocketAddr>().with_context(|| format!("{address:?} is no address:port"));
        let address = address.inspect_err(|error| tracing::error!("{error:#}"))?;
        let mut listening = self.listening.lock().await;
        // The link is put again whenever a host or wadm comes back.
        if let Some(known) = listening.remove(link.link_name) {
            if known.address == address && known.target == link.target_id {
                listening.insert(link.link_name.to_owned(), known);
                return Ok(());
            }
            known.end().await;
        }
        let begun = self.listen(address, link.target_id).await;
        let begun = begun.inspect_err(|error| tracing::error!("{error:#}"))?;
        listening.insert(link.link_name.to_owned(), begun);
        Ok(())
    }

    async fn on_config_update(&self, update: impl ProviderConfigUpdate) -> Result<()> {
        self.versions.take_over(update.get_values())
    }

    async fn delete_link_as_source(&self, link: impl LinkDeleteInfo) -> Result<()> {
        let ended = self.listening.lock().await.remove(link.get_link_name());
        if let Some(listening) = ended {
            listening.end().await;
        }
        Ok(())
    }
}

/// Takes the address; one that a provider before this one has is waited for.
async fn bind(address: SocketAddr) -> Result<TcpListener> {
    let end = tokio::time::Instant::now() + HELD;
    loop {
        match TcpListener::bind(address).await {
            Err(error)
                if error.kind() == std::io::ErrorKind::AddrInUse && tokio::time::Instant::now() < end =>
            {
                tokio::time::sleep(LOOK).await;
            }
            taken => return taken.with_context(|| format!("listen on {address}")),
        }
    }
}
