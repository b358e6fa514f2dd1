//! Messages in a person's inbox.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

pub(crate) async fn reading_a_message_counts_it_out(target: Target) -> Result<()> {
    let (person, message) = welcomed(&target).await?;
    assert_eq!(unread(&person).await?, 1);
    let path = format!("/api/v1/notifications/{message}/read");
    for _ in 0..2 {
        let answer = Answer::to(person.request(Method::PUT, &path)).await?;
        ensure!(answer.status.is_success(), "reading twice is reading: {answer}");
    }
    assert_eq!(unread(&person).await?, 0);
    let list = person.get("/api/v1/notifications?unread=true").await?.expect(200)?.json()?;
    assert_eq!(list["items"], json!([]));
    person.get(&format!("/api/v1/notifications/{message}")).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn messages_are_private(target: Target) -> Result<()> {
    let (_, message) = welcomed(&target).await?;
    let other = target.client.newcomer("Mallory").await?;
    other.get(&format!("/api/v1/notifications/{message}")).await?.expect_problem(404)?;
    let read = other.request(Method::PUT, &format!("/api/v1/notifications/{message}/read"));
    Answer::to(read).await?.expect_problem(404)?;
    target.client.get("/api/v1/notifications").await?.expect_problem(401)?;
    Ok(())
}

pub(crate) async fn everything_can_be_read_at_once(target: Target) -> Result<()> {
    let (person, _) = welcomed(&target).await?;
    let answer = Answer::to(person.request(Method::PUT, "/api/v1/notifications/read-all")).await?;
    ensure!(answer.status.is_success(), "{answer}");
    assert_eq!(unread(&person).await?, 0);
    Ok(())
}

/// Somebody who has been welcomed, and the message's id.
pub(crate) async fn welcomed(target: &Target) -> Result<(Person, String)> {
    let person = target.client.newcomer("Ada").await?;
    let message = until("the welcome is there", PATIENCE, || async {
        let list = person.get("/api/v1/notifications").await?.expect(200)?.json()?;
        Ok(list["items"][0]["id"].as_str().map(str::to_owned))
    })
    .await?;
    Ok((person, message))
}

async fn unread(person: &Person) -> Result<u64> {
    let answer = person.get("/api/v1/notifications/unread-count").await?.expect(200)?.json()?;
    answer["unread"].as_u64().with_context(|| format!("unread in {answer}"))
}
