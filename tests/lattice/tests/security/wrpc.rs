//! Calls as wasmCloud's hosts make them, by hand: whoever has a host's key can.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_nats::{HeaderMap, StatusCode};
use futures::StreamExt;
use tokio::time::timeout;

use crate::role::Role;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Has a query answered by the provider of this id in the name of a component. The first byte of the answer tells rows (0) from an
/// error (1).
pub(crate) async fn call(role: &Role, provider: &str, component: &str, query: &str) -> Result<Vec<u8>> {
    let inbox = role.client.new_inbox();
    let mut answers = role.client.subscribe(format!("{inbox}.>")).await?;
    let mut handshakes = role.client.subscribe(inbox.clone()).await?;
    let mut headers = HeaderMap::new();
    headers.insert("source-id", component);
    headers.insert("link-name", "default");
    let subject = format!("default.{provider}.wrpc.0.0.1.lyceum:data/sql@0.1.0.query");
    // One statement: its text, no parameters, no expectation.
    let mut parameters = vec![1, u8::try_from(query.len()).context("a short query")?];
    parameters.extend_from_slice(query.as_bytes());
    parameters.extend_from_slice(&[0, 0]);
    role.client.publish_with_reply_and_headers(subject, inbox, headers, parameters.into()).await?;
    let shake = timeout(PATIENCE, handshakes.next()).await.context("nobody took the call")?;
    if shake.context("a handshake")?.status == Some(StatusCode::NO_RESPONDERS) {
        bail!("{provider} does not run");
    }
    let mut answer = Vec::new();
    loop {
        let message = timeout(PATIENCE, answers.next()).await.context("no answer")?.context("an answer")?;
        if message.payload.is_empty() {
            return Ok(answer);
        }
        answer.extend_from_slice(&message.payload);
    }
}
