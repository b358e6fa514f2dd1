//! A person asks to be erased, and nothing of them is left.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::auth::sessions::is_refused_soon;
use crate::deployments::Target;
use crate::notifications::inbox::welcomed;
use crate::users::profiles::with_profile;

pub(crate) async fn a_person_who_asks_is_erased_everywhere(target: Target) -> Result<()> {
    let (person, _) = welcomed(&target).await?;
    let other = with_profile(&target).await?;
    let theirs = format!("/api/v1/users/{}", person.id);
    Answer::to(other.request(Method::DELETE, &theirs)).await?.expect_problem(404)?;
    let answer = Answer::to(person.request(Method::DELETE, "/api/v1/users/me")).await?.expect(202)?;
    let saga = answer.header("location").context("a Location")?.to_owned();
    ensure!(saga.starts_with("/api/v1/sagas/users-"), "{saga}");
    other.get(&saga).await?.expect_problem(404)?;
    // Signed out at once, wherever they are.
    is_refused_soon(&target.client, &person.tokens.access).await?;
    let ended = until("every service has answered", PATIENCE, || async {
        let saga = target.admin.get(&saga).await?.expect(200)?.json()?;
        Ok((saga["state"] == "completed").then_some(saga))
    })
    .await?;
    assert_eq!(ended["waiting_for"], json!([]), "{ended}");
    target.admin.get(&theirs).await?.expect_problem(404)?;
    let sign_in = target.client.sign_in(&person.credentials).await;
    ensure!(sign_in.is_err(), "an erased person signs in");
    // The address is free again.
    let mut again = NewPerson::named("Somebody else");
    again.credentials.email = person.credentials.email.clone();
    target.client.register(&again).await?.expect(201)?;
    Ok(())
}
