//! Which component wants which events.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use lyceum_events::{
    Error, EventBus, JetStreamBus, JetStreamOptions, Mode, RetryPolicy, Start, Subscription,
};
use lyceum_metrics::Family;
use serde::Deserialize;
use wasmcloud_provider_sdk::{LinkConfig, Provider, ProviderConfigUpdate};

use super::handler::ComponentHandler;
use crate::configuration::Configuration;
use crate::versions::Versions;

/// A consumer, as the generated manifest describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    mode: WantedMode,
    kinds: Vec<String>,
    concurrency: usize,
    /// Of the kinds, those with which the consumer begins now; with the others it begins at the beginning.
    #[serde(default)]
    from_now: Vec<String>,
    /// In seconds.
    #[serde(default)]
    patience: Option<u64>,
    /// In seconds.
    #[serde(default)]
    replay_at_start: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WantedMode {
    Projection,
    Reaction,
}

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct EventsProvider {
    bus: Arc<JetStreamBus>,
    application: Arc<str>,
    versions: Versions,
}

impl EventsProvider {
    /// Connects to the bus.
    pub(super) async fn of(config: &Configuration<'_>) -> Result<Self> {
        let (url, application) = (config.get("url")?, config.get("application")?);
        let versions = Versions::of(config.settings())?;
        let bus = JetStreamBus::connect(url, application, JetStreamOptions::default()).await?;
        Ok(Self { bus, application: application.into(), versions })
    }

    /// How each consumer does, and who shares its events.
    pub(super) fn figures(&self) -> Vec<Family> {
        let mut all = lyceum_metrics::events::of(self.bus.statistics());
        all.extend(self.versions.figures());
        all
    }

    pub(super) fn spawn_ticks(&self) {
        self.bus.spawn_ticks();
    }

    pub(super) async fn shutdown(&self) {
        self.bus.shutdown().await;
    }

    async fn subscribe(&self, service: &str, target: &str, wanted: Wanted) -> Result<()> {
        let (mode, name) = match wanted.mode {
            WantedMode::Projection => (Mode::Projection, "projection"),
            WantedMode::Reaction => (Mode::Reaction, "reaction"),
        };
        let consumer = format!("{service}/{name}");
        let mut retry = RetryPolicy::default();
        if let Some(patience) = wanted.patience {
            retry.patience = Duration::from_secs(patience);
        }
        let subscription = Subscription {
            mode,
            retry,
            starts: wanted.from_now.into_iter().map(|kind| (kind, Start::Now)).collect(),
            concurrency: wanted.concurrency,
            replay_at_start: wanted.replay_at_start.map(Duration::from_secs),
            ..Subscription::new(&consumer, wanted.kinds)
        };
        let handler = Arc::new(ComponentHandler::new(&self.application, target, self.versions.clone()));
        match self.bus.subscribe(subscription, handler).await {
            // The link is put again whenever a host or wadm comes back.
            Err(Error::AlreadySubscribed(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Provider for EventsProvider {
    async fn receive_link_config_as_source(&self, link: LinkConfig<'_>) -> Result<()> {
        let config = Configuration::of_link(&link);
        let service = config.get("service")?;
        for wanted in config.read::<Vec<Wanted>>("subscriptions")? {
            self.subscribe(service, link.target_id, wanted).await?;
        }
        Ok(())
    }

    async fn on_config_update(&self, update: impl ProviderConfigUpdate) -> Result<()> {
        self.versions.take_over(update.get_values())
    }
}
