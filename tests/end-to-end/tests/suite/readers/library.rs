//! Somebody becomes a reader as the older library's clients do it.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

const PATH: &str = "/api/readers";

pub(crate) async fn somebody_registers_as_an_older_client_and_signs_in_at_once(target: Target) -> Result<()> {
    let newcomer = NewPerson::named("Ana Maria");
    let username = newcomer.credentials.email.as_str();
    let fields = [
        ("username", username),
        ("password", "Password1"),
        ("fullName", "Ana Maria"),
        ("birthDate", "2000-01-31"),
        ("phoneNumber", "912345678"),
        ("gdpr", "true"),
    ];
    let register = || Answer::to(target.client.request(Method::POST, PATH).form(&fields));
    let record = register().await?.expect(201)?;
    let number = record.json()?["readerNumber"].as_str().context("a number")?.to_owned();
    let location = record.header("location").context("where they are")?;
    ensure!(location.ends_with(&format!("{PATH}/{number}")), "{location}");
    ensure!(record.header("etag") == Some("\"0\""), "{record}");
    register().await?.expect(409)?;

    let body = json!({ "username": username, "password": "Password1" });
    let signed_in = target.client.post("/api/public/login", &body).await?.expect(200)?;
    let token = signed_in.header("authorization").context("a token")?.to_owned();
    let own = || Answer::to(target.client.request(Method::GET, PATH).bearer_auth(&token));
    // A gateway asks for new keys every five seconds at most.
    let shown = until("the token counts", PATIENCE, || async {
        let answer = own().await?;
        Ok((answer.status.as_u16() == 200).then_some(answer))
    })
    .await?;
    ensure!(shown.json()? == record.json()?, "{shown}");
    // What is for librarians is refused to readers, and told by no body.
    let path = format!("{PATH}/{number}");
    let refused =
        Answer::to(target.client.request(Method::GET, &path).bearer_auth(&token)).await?.expect(403)?;
    ensure!(refused.body.is_empty(), "{refused}");
    let change = target.client.request(Method::PATCH, PATH).bearer_auth(&token).header("if-match", "0");
    let changed = Answer::to(change.form(&[("phoneNumber", "212345678")])).await?.expect(200)?;
    ensure!(changed.header("etag") == Some("\"1\""), "{changed}");
    Ok(())
}
