//! HTTP in: a public listener in each zone, and the gateway behind it, wherever on the lattice that runs.
//!
//! It is configured with
//! - `application`: the name that the components' ids begin with;
//! - `largest_body` in bytes and `patience` in milliseconds: what a request may have;
//! - `url`, the event bus: what is told to live channels comes from there. Without it no streams are kept;
//! - `weights`: how requests are shared between versions of the component, see [`crate::weights`]; it may change at any time.
//!
//! A link from it to a component is configured with `address`, where requests for that component are taken.
//!
//! wRPC can't say that a request's body broke off, only that it ends. So one that broke off, or is too large, never ends for
//! the component: it is left waiting, until its time is over, and no upload is taken for whole that is not.

mod component;
mod links;
mod upload;

use anyhow::Result;
use wasmcloud_provider_sdk::run_provider;

use crate::configuration::Configuration;
use crate::metrics;
use links::HttpProvider;

/// Serves until the host says that it is enough.
pub(crate) async fn run() -> Result<()> {
    let provider = HttpProvider::of(&Configuration::of_provider()?)?;
    let shutdown = run_provider(provider.clone(), "lyceum-http").await?;
    let shown = provider.clone();
    metrics::answer(move || shown.figures()).await?;
    shutdown.await;
    provider.stop().await;
    Ok(())
}
