//! What carries the events.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_events::{Bus, EventBus, JetStreamBus, JetStreamOptions, Options};
use lyceum_manifest::EventsLink;
use tracing::warn;

use crate::clock::Shown;

/// How long a server may take to answer at the start before that is told.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Opens the bus that the operator chose. That a server doesn't answer yet is told, and no reason not to start: events
/// wait where they were committed.
pub(crate) async fn open(link: &EventsLink, application: &str, clock: Shown) -> Result<Arc<dyn EventBus>> {
    match link {
        EventsLink::Embedded { file, retention } => {
            let options = Options { retention: *retention, clock: Arc::new(clock), ..Options::default() };
            let bus =
                Bus::open(file, options).with_context(|| format!("open the event log {}", file.display()))?;
            bus.spawn_retention();
            Ok(bus)
        }
        EventsLink::JetStream(server) => {
            let options = JetStreamOptions { clock: Arc::new(clock), ..JetStreamOptions::default() };
            let bus = JetStreamBus::connect(server.reveal(), application, options)
                .await
                .context("LYCEUM_EVENTS")?;
            if let Err(error) = bus.ping(TIMEOUT).await {
                warn!(%server, %error, "the event server does not answer yet");
            }
            Ok(bus)
        }
        _ => anyhow::bail!("this host has no such event bus"),
    }
}
