//! Delivers the events of NATS JetStream to components.
//!
//! It is configured with `url` and `application`, the bus, and `weights`, how events are shared between versions of a
//! component, see [`crate::weights`]. Progress is the component's, whichever version takes an event. A link from it to a component is configured with
//! - `service`: the name that the component's progress is kept under;
//! - `subscriptions`: a JSON list of consumers, each with its `mode` (`projection` or `reaction`), the `kinds` of events,
//!   those with which it begins now (`from_now`), how many it takes at once, for how many seconds an event may wait for
//!   another (`patience`), and for how many seconds of the past it is filled again at the start.

mod handler;
mod links;

use anyhow::Result;
use wasmcloud_provider_sdk::run_provider;

use crate::configuration::Configuration;
use crate::metrics;
use links::EventsProvider;

/// Delivers until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = EventsProvider::of(&Configuration::of_provider()?).await?;
    let shutdown = run_provider(provider.clone(), "lyceum-events").await?;
    let shown = provider.clone();
    metrics::answer(move || shown.figures()).await?;
    provider.spawn_ticks();
    shutdown.await;
    provider.shutdown().await;
    Ok(())
}
