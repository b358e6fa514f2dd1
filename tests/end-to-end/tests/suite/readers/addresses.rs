//! Somebody signs in by another address, and everybody who knows them by it learns so.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

const PATH: &str = "/api/readers";
const PASSWORD: &str = "Password1";

pub(crate) async fn an_address_that_is_changed_is_that_of_profile_and_record(target: Target) -> Result<()> {
    let [first, second, third] = [(); 3].map(|()| NewPerson::named("Ana").credentials.email);
    let fields = [
        ("username", first.as_str()),
        ("password", PASSWORD),
        ("fullName", "Ana Maria"),
        ("birthDate", "2000-01-31"),
        ("phoneNumber", "912345678"),
        ("gdpr", "true"),
    ];
    Answer::to(target.client.request(Method::POST, PATH).form(&fields)).await?.expect(201)?;
    let body = json!({ "username": first, "password": PASSWORD });
    let signed_in = target.client.post("/api/public/login", &body).await?.expect(200)?;
    let number = signed_in.json()?["id"].as_str().context("a number")?.to_owned();
    let token = signed_in.header("authorization").context("a token")?.to_owned();
    let change = || {
        let change = target.client.request(Method::PATCH, PATH).bearer_auth(&token).header("if-match", "0");
        Answer::to(change.form(&[("username", second.as_str())]))
    };
    // A gateway asks for new keys every five seconds at most.
    let changed = until("the token counts", PATIENCE, || async {
        let answer = change().await?;
        Ok((answer.status.as_u16() != 401).then_some(answer))
    });
    let changed = changed.await?.expect(200)?;
    ensure!(changed.json()?["email"] == second && changed.header("etag") == Some("\"1\""), "{changed}");
    // Who has another username signs in again before they reach their record.
    Answer::to(target.client.request(Method::GET, PATH).bearer_auth(&token)).await?.expect(403)?;
    is_known_by(&target, &second).await?;
    // The former one is free.
    let mut successor = NewPerson::named("Eve");
    successor.credentials.email = first;
    target.client.register(&successor).await?.expect(201)?;

    let body = json!({ "username": third, "authorities": ["READER"] });
    let request = target.admin.request(Method::PUT, &format!("/api/admin/users/{number}"));
    Answer::to(request.json(&body)).await?.expect(200)?;
    is_known_by(&target, &third).await?;
    let body = json!({ "username": third, "password": PASSWORD });
    target.client.post("/api/public/login", &body).await?.expect(200)?;
    Ok(())
}

/// By profiles and by readers' records.
async fn is_known_by(target: &Target, email: &str) -> Result<()> {
    for list in ["/api/v1/users?q=", "/api/v1/readers?email="] {
        until("the list finds them by their address", PATIENCE, || async {
            let found = target.admin.get(&format!("{list}{email}")).await?.expect(200)?.json()?;
            Ok((found["items"][0]["email"] == email).then_some(()))
        })
        .await?;
    }
    Ok(())
}
