//! What a service tells, said again with more in it.

use anyhow::{Context, Result};
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, Message, Subscriber};
use futures::StreamExt;
use lyceum_private_lattice::Lattice;
use serde_json::{Value, json};

/// Where the application's messages to live channels are.
const SUBJECT: &str = "lyceum.live";

/// Hears the messages to live channels, and repeats them.
pub(super) struct Channel {
    nats: async_nats::Client,
    heard: Subscriber,
}

/// A message that can be told again and again.
pub(super) struct Told {
    headers: HeaderMap,
    body: Value,
}

impl Channel {
    pub(super) async fn of(lattice: &Lattice) -> Result<Self> {
        let nats = async_nats::connect(lattice.servers().nats.url()).await?;
        let heard = nats.subscribe(SUBJECT).await?;
        // The server has heard of it.
        nats.flush().await?;
        Ok(Self { nats, heard })
    }

    /// The next message to this channel.
    pub(super) async fn next(&mut self, channel: &str) -> Result<Told> {
        loop {
            let Message { headers, payload, .. } = self.heard.next().await.context("NATS is gone")?;
            let body: Value = serde_json::from_slice(&payload)?;
            if body["subject"] == channel {
                return Ok(Told { headers: headers.context("headers")?, body });
            }
        }
    }

    /// Tells it once more, as another one with so many bytes more.
    pub(super) async fn repeat(&self, told: &Told, number: usize, bytes: usize) -> Result<()> {
        let (mut headers, mut body) = (told.headers.clone(), told.body.clone());
        let id = format!("{}-{number}", body["id"].as_str().context("an id")?);
        headers.insert(NATS_MESSAGE_ID, id.as_str());
        headers.insert("Lyceum-Event-Id", id.as_str());
        body["id"] = json!(id);
        body["data"]["data"] = json!({ "number": number, "more": "x".repeat(bytes) });
        self.nats.publish_with_headers(SUBJECT, headers, serde_json::to_vec(&body)?.into()).await?;
        Ok(())
    }
}
