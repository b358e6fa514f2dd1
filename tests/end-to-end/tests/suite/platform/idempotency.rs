//! A request that is repeated with its Idempotency-Key happens once.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::deployments::Target;
use crate::users::profiles::{tag, with_profile};

pub(crate) async fn the_same_key_gets_the_same_answer(target: Target) -> Result<()> {
    let (person, key) = (NewPerson::named("Ada"), key());
    let first = register(&target.client, &person, &key).await?.expect(201)?;
    let second = register(&target.client, &person, &key).await?.expect(201)?;
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    // Without the key it is another request.
    target.client.register(&person).await?.expect_problem(409)?;
    Ok(())
}

pub(crate) async fn the_same_key_for_something_else_is_refused(target: Target) -> Result<()> {
    let key = key();
    register(&target.client, &NewPerson::named("Ada"), &key).await?.expect(201)?;
    register(&target.client, &NewPerson::named("Grace"), &key).await?.expect_problem(422)?;
    for bad in ["", &"x".repeat(256), "caf\u{e9}"] {
        register(&target.client, &NewPerson::named("Ada"), bad).await?.expect_problem(400)?;
    }
    Ok(())
}

pub(crate) async fn concurrent_duplicates_make_one_person(target: Target) -> Result<()> {
    let (person, key) = (NewPerson::named("Ada"), key());
    let duplicates = (0..8).map(|_| register(&target.client, &person, &key));
    let answers = futures::future::try_join_all(duplicates).await?;
    for answer in &answers {
        ensure!(answer.status.as_u16() == 201 && answer.body == answers[0].body, "{answer}");
    }
    let (local, _) = person.credentials.email.split_once('@').unwrap_or_default();
    let path = format!("/api/v1/users?q={local}");
    let found = until("the person is listed", PATIENCE, || async {
        let list = target.admin.get(&path).await?.expect(200)?.json()?;
        Ok(list["items"].as_array().filter(|items| !items.is_empty()).cloned())
    })
    .await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["user_id"], answers[0].json()?["user_id"]);
    Ok(())
}

pub(crate) async fn a_changed_profile_is_changed_once(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let (tag, key) = (tag(&person).await?, key());
    let change = || {
        let request = person.request(Method::PATCH, "/api/v1/users/me/profile");
        Answer::to(
            request.header("if-match", &tag).header("idempotency-key", &key).json(&json!({ "bio": "Once." })),
        )
    };
    let first = change().await?.expect(200)?;
    // The tag is stale by now; the first answer still holds for the same request.
    let second = change().await?.expect(200)?;
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("etag"), second.header("etag"));
    Ok(())
}

fn key() -> String {
    Uuid::new_v4().to_string()
}

async fn register(client: &Client, person: &NewPerson, key: &str) -> Result<Answer> {
    let request =
        client.request(Method::POST, "/api/v1/auth/register").header("idempotency-key", key.as_bytes());
    Answer::to(request.json(&person.registration())).await
}
