//! Profiles: who may see them, and how a lost update is prevented.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::registration::names;
use crate::deployments::Target;

const MINE: &str = "/api/v1/users/me/profile";

pub(crate) async fn a_change_needs_the_state_it_is_meant_for(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let tag = tag(&person).await?;
    let body = json!({ "bio": "Wrote the first programme." });
    change(&person, None, &body).await?.expect_problem(428)?;
    change(&person, Some("\"another\""), &body).await?.expect_problem(412)?;
    let changed = change(&person, Some(&tag), &body).await?.expect(200)?;
    assert_eq!(changed.json()?["bio"], body["bio"]);
    ensure!(changed.header("etag").is_some_and(|new| new != tag), "a new state has a new tag: {changed}");
    // The tag was good for one change.
    change(&person, Some(&tag), &body).await?.expect_problem(412)?;
    Ok(())
}

pub(crate) async fn an_unchanged_profile_is_not_sent_again(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let tag = tag(&person).await?;
    let request = person.request(Method::GET, MINE).header("if-none-match", &tag);
    let answer = Answer::to(request).await?.expect(304)?;
    ensure!(answer.body.is_empty(), "{answer}");
    let request = person.request(Method::GET, MINE).header("if-none-match", "\"another\"");
    Answer::to(request).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn a_change_of_null_removes(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let set = json!({ "location": "London", "preferences": { "language": "en-GB" } });
    let set = change(&person, Some(&tag(&person).await?), &set).await?.expect(200)?.json()?;
    assert_eq!(set["location"], json!("London"));
    assert_eq!(set["preferences"]["language"], json!("en-GB"));
    let removed =
        change(&person, Some(&tag(&person).await?), &json!({ "location": null })).await?.expect(200)?;
    assert_eq!(removed.json()?["location"], Value::Null);
    assert_eq!(removed.json()?["preferences"]["language"], json!("en-GB"));
    let nonsense = json!({ "preferences": { "language": "no language at all" } });
    let problem = change(&person, Some(&tag(&person).await?), &nonsense).await?.expect_problem(422)?;
    names(&problem, "/preferences/language")
}

pub(crate) async fn others_profiles_are_private(target: Target) -> Result<()> {
    let (person, other) = (with_profile(&target).await?, target.client.newcomer("Mallory").await?);
    for path in [format!("/api/v1/users/{}", person.id), format!("/api/v1/users/{}/profile", person.id)] {
        other.get(&path).await?.expect_problem(404)?;
        target.client.get(&path).await?.expect_problem(401)?;
        person.get(&path).await?.expect(200)?;
        target.admin.get(&path).await?.expect(200)?;
    }
    Ok(())
}

/// Somebody whose profile has been made.
pub(crate) async fn with_profile(target: &Target) -> Result<Person> {
    let person = target.client.newcomer("Ada").await?;
    until("the profile is there", PATIENCE, || async {
        Ok(person.get(MINE).await?.status.is_success().then_some(()))
    })
    .await?;
    Ok(person)
}

pub(crate) async fn tag(person: &Person) -> Result<String> {
    let answer = person.get(MINE).await?.expect(200)?;
    answer.header("etag").map(str::to_owned).with_context(|| format!("an ETag in {answer}"))
}

pub(crate) async fn change(person: &Person, if_match: Option<&str>, body: &Value) -> Result<Answer> {
    let mut request = person.request(Method::PATCH, MINE).json(body);
    if let Some(tag) = if_match {
        request = request.header("if-match", tag);
    }
    Answer::to(request).await
}
