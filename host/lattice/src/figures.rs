//! Figures of a host and of its providers, on their way to whoever asks for them.
//!
//! Operators can't speak to providers, and providers of one id, on several hosts, hear the same: so an operator asks each
//! host, and each host its own providers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use async_nats::Client;
use futures::StreamExt;
use futures::future::join_all;
use lyceum_metrics::{Family, process};
use nkeys::KeyPair;
use serde::{Deserialize, Serialize};

use crate::connection::Lattice;

/// How long a provider may take to answer its host.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Where a host hears what its providers answer.
const INBOX: &str = "_INBOX.host";

/// What one process says of itself.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// The provider's id; nothing for the host itself.
    pub(crate) provider: Option<String>,
    /// What it says.
    pub(crate) families: Vec<Family>,
}

/// Where a host is asked.
pub(crate) fn subject(lattice: &str, host: &str) -> String {
    format!("wasmbus.ctl.v1.{lattice}.lyceum.metrics.{host}")
}

/// Has the host of this id answer from now on. It speaks to providers by the key of its calls.
pub(crate) async fn answer(lattice: &Lattice, host: String, calls_key: Option<Arc<KeyPair>>) -> Result<()> {
    let control = lattice.connect_as(lattice.key()?, INBOX).await?;
    let calls = lattice.connect_as(calls_key, INBOX).await?;
    let prefix = format!("wasmbus.rpc.{}", lattice.name);
    let mut requests =
        control.subscribe(subject(&lattice.name, &host)).await.context("listen for requests")?;
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            let Some(reply) = request.reply else { continue };
            let providers: Vec<String> = serde_json::from_slice(&request.payload).unwrap_or_default();
            let own = Figures { provider: None, families: process::of_this() };
            let asked = providers.into_iter().map(|id| ask(&calls, &prefix, &host, id));
            let all: Vec<_> =
                std::iter::once(own).chain(join_all(asked).await.into_iter().flatten()).collect();
            let answer = serde_json::to_vec(&all).unwrap_or_default();
            if let Err(error) = control.publish(reply, answer.into()).await {
                tracing::debug!(%error, "nobody was told the figures");
            }
        }
    });
    Ok(())
}

/// What the copy of a provider on this host says, if it says anything.
async fn ask(calls: &Client, prefix: &str, host: &str, provider: String) -> Option<Figures> {
    let inbox = calls.new_inbox();
    let mut answers = calls.subscribe(inbox.clone()).await.ok()?;
    let request =
        calls.publish_with_reply(format!("{prefix}.{provider}.metrics"), inbox, host.to_owned().into());
    request.await.ok()?;
    let answer = tokio::time::timeout(TIMEOUT, answers.next()).await.ok()??;
    let families = serde_json::from_slice(&answer.payload).ok()?;
    Some(Figures { provider: Some(provider), families })
}

/// Where figures are from, as labels.
pub(crate) fn place(host: &str, zone: Option<&str>, provider: Option<&str>) -> BTreeMap<String, String> {
    let labels = [("host", Some(host)), ("zone", zone), ("process", Some(provider.unwrap_or("host")))];
    let labels = labels.into_iter().filter_map(|(name, of)| Some((name.to_owned(), of?.to_owned())));
    labels.collect()
}
