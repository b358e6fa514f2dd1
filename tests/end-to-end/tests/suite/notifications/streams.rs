//! The inbox, as it happens.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use futures::FutureExt;
use lyceum_end_to_end::client::streams::{Events, INBOX};
use lyceum_end_to_end::client::{Person, Tokens};
use lyceum_end_to_end::poll::{PATIENCE, until};
use serde_json::json;

use super::inbox::welcomed;
use crate::auth::tokens::{Parts, issuers_key};
use crate::deployments::Target;

/// How long a token is good that runs out while somebody waits, in seconds.
const SHORT: u64 = 4;

pub(crate) async fn who_waits_is_told_of_a_message(target: Target) -> Result<()> {
    let observer = target.client.newcomer("Bob").await?;
    // A host that has begun a moment ago may not hear the event bus yet.
    let position = until("streams are kept", PATIENCE, || observer.position(INBOX)).await?;
    let (person, message) = welcomed(&target).await?;
    let answer = person.wait_for(INBOX, 25, Some(&position)).await?;
    let told = &answer["messages"][0];
    ensure!(told["event"] == "message-arrived" && told["data"]["id"] == message.as_str(), "{answer}");
    Ok(())
}

pub(crate) async fn a_stream_ends_with_its_session_and_not_with_another_of_its_person(
    target: Target,
) -> Result<()> {
    let ada = target.client.newcomer("Ada").await?;
    let elsewhere = target.client.sign_in(&ada.credentials).await?;
    until("streams are kept", PATIENCE, || ada.position(INBOX)).await?;
    let mut ended = Events::open(&ada, INBOX, None).await?;
    let mut goes_on = Events::open(&elsewhere, INBOX, None).await?;
    ada.post("/api/v1/auth/logout", &json!({})).await?.expect(204)?;
    // Long before the token, and no sooner than its client gives up.
    while ended.next().await.context("the stream ends in order")?.is_some() {}
    while let Some(event) = goes_on.next().now_or_never() {
        ensure!(event?.is_some(), "the other session's stream goes on");
    }
    elsewhere.post("/api/v1/auth/logout", &json!({})).await?.expect(204)?;
    while goes_on.next().await.context("the stream ends in order")?.is_some() {}
    Ok(())
}

pub(crate) async fn a_stream_ends_with_its_token(target: Target) -> Result<()> {
    // Somebody else's deployment keeps its secret.
    let Some(secret) = &target.root_secret else { return Ok(()) };
    let ada = target.client.newcomer("Ada").await?;
    until("streams are kept", PATIENCE, || ada.position(INBOX)).await?;
    let expires = now()? + SHORT;
    let short = Parts::of(&ada.tokens.access)?.with_claim("exp", json!(expires));
    let access = short.signed_by(&issuers_key(secret)?);
    let with_short = Person { tokens: Tokens { access, ..ada.tokens.clone() }, ..ada.clone() };
    let mut stream = Events::open(&with_short, INBOX, None).await?;
    let mut goes_on = Events::open(&ada, INBOX, None).await?;
    while stream.next().await.context("the stream ends in order")?.is_some() {}
    ensure!(now()? >= expires, "not before the token does");
    while let Some(event) = goes_on.next().now_or_never() {
        ensure!(event?.is_some(), "the stream of the other token goes on");
    }
    Ok(())
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
