//! Signing in as the older library's clients do.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lyceum_end_to_end::client::{Answer, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::sessions::me;
use crate::deployments::Target;

/// What anybody who may borrow books is answered there.
const SEARCH: &str = "/api/genres/search";

pub(crate) async fn an_older_clients_token_counts_on_its_face_until_its_session_ends(
    target: Target,
) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let token = sign_in(&target, &person).await?;
    // A gateway asks for new keys every five seconds at most.
    until("the token counts", PATIENCE, || async {
        Ok((search(&target, &token).await?.status.as_u16() == 200).then_some(()))
    })
    .await?;
    me(&target.client, &token).await?.expect_problem(401)?;
    for neighbour in ["/api/enrollments", "/api/enrollment-ws"] {
        let request = target.client.request(Method::GET, neighbour).bearer_auth(&token);
        Answer::to(request).await?.expect_problem(401)?;
    }

    let own = target.client.sign_in(&person.credentials).await?;
    let path = format!("/api/v1/auth/sessions/{}", session(&token)?);
    Answer::to(own.request(Method::DELETE, &path)).await?.expect(204)?;
    until("the token counts no longer", PATIENCE, || async {
        let refused = search(&target, &token).await?;
        Ok((refused.status.as_u16() == 401).then_some(refused))
    })
    .await
    .and_then(|refused| {
        ensure!(refused.header("www-authenticate") == Some("Bearer error=\"invalid_token\""), "{refused}");
        ensure!(refused.body.is_empty(), "{refused}");
        Ok(())
    })
}

pub(crate) async fn what_the_older_library_does_not_have_is_told_to_nobody(target: Target) -> Result<()> {
    let answer = target.client.get("/api/nothing").await?.expect(401)?;
    ensure!(answer.body.is_empty(), "{answer}");
    let person = target.client.newcomer("Ada").await?;
    let request = target.client.request(Method::GET, "/api/nothing").bearer_auth(&person.tokens.access);
    let answer = Answer::to(request).await?.expect(403)?;
    ensure!(answer.body.is_empty(), "{answer}");
    target.client.get("/api/v1/nothing").await?.expect_problem(404)?;
    Ok(())
}

pub(crate) async fn whom_an_administrator_disables_there_signs_in_nowhere_until_they_are_active_again(
    target: Target,
) -> Result<()> {
    let person = NewPerson::named("Ada");
    let registered = target.client.register(&person).await?.expect(201)?.json()?;
    let id = registered["user_id"].as_str().context("an id")?;
    sign_in(&target, &person).await?;
    let query = json!({ "query": { "username": person.credentials.email } });
    let found = target.admin.post("/api/admin/users/search", &query).await?.expect(200)?.json()?;
    let number = found["items"][0]["id"].as_str().context("a number")?.to_owned();
    let path = format!("/api/admin/users/{number}");
    let disable = || async {
        let answer = Answer::to(target.admin.request(Method::DELETE, &path)).await?;
        // The profile is made in a moment.
        if answer.status == 503 { Ok(None) } else { answer.expect(200).map(Some) }
    };
    until("the profile is there", PATIENCE, disable).await?;
    target.admin.get(&path).await?.expect(404)?;
    target.client.login(&person.credentials).await?.expect_problem(403)?;
    let body = json!({ "username": person.credentials.email, "password": person.credentials.password });
    target.client.post("/api/public/login", &body).await?.expect(401)?;

    let profile = target.admin.get(&format!("/api/v1/users/{id}")).await?.expect(200)?.json()?;
    ensure!(profile["status"] == "inactive", "{profile}");
    let active = json!({ "status": "active" });
    let request = target.admin.request(Method::PUT, &format!("/api/v1/users/{id}/status"));
    Answer::to(request.header("if-match", "*").json(&active)).await?.expect(200)?;
    until("they sign in again", PATIENCE, || async {
        Ok((target.client.login(&person.credentials).await?.status == 200).then_some(()))
    })
    .await
}

async fn sign_in(target: &Target, person: &NewPerson) -> Result<String> {
    let body = json!({ "username": person.credentials.email, "password": person.credentials.password });
    let answer = target.client.post("/api/public/login", &body).await?.expect(200)?;
    let shown = answer.json()?;
    ensure!(shown["username"] == person.credentials.email && shown["id"].is_string(), "{answer}");
    Ok(answer.header("authorization").context("a token")?.to_owned())
}

/// The session of a token.
fn session(token: &str) -> Result<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).context("a JWT")?)?;
    let claims: Value = serde_json::from_slice(&payload)?;
    Ok(claims["sid"].as_str().context("a session")?.to_owned())
}

async fn search(target: &Target, token: &str) -> Result<Answer> {
    let body = json!({ "page": { "number": 1, "limit": 10 }, "query": {} });
    Answer::to(target.client.request(Method::POST, SEARCH).bearer_auth(token).json(&body)).await
}
