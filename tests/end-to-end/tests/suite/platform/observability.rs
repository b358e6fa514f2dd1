//! What an operator sees.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Answer, NewPerson};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deployments::Target;

pub(crate) async fn a_correlation_id_goes_all_the_way(target: Target) -> Result<()> {
    // All characters that an id may have.
    let id = format!("trace/{}_a.b:C+d==", Uuid::now_v7());
    let request =
        target.client.request(Method::POST, "/api/v1/auth/register").header("x-correlation-id", &id);
    let answer = Answer::to(request.json(&NewPerson::named("Ada").registration())).await?.expect(201)?;
    assert_eq!(answer.header("x-correlation-id"), Some(id.as_str()));
    let Some(inside) = &target.inside else { return Ok(()) };
    until("the log has it", PATIENCE, || async { Ok((inside.log.count(&id)? > 0).then_some(())) }).await?;
    until("the events have it", PATIENCE, || async {
        let events = inside.console.published()?;
        let led_to: Vec<&Value> = events.iter().filter(|event| event["correlationid"] == json!(id)).collect();
        let has = |kind: &str| led_to.iter().any(|event| event["type"] == json!(kind));
        // The second was caused by the first, in another service.
        Ok((has("lyceum.auth.UserCreated.v1") && has("lyceum.users.ProfileCreated.v1")).then_some(()))
    })
    .await
}

pub(crate) async fn a_request_without_one_gets_one(target: Target) -> Result<()> {
    let junk = "x".repeat(500);
    for given in [None, Some("with spaces"), Some("\u{e9}"), Some(junk.as_str())] {
        let mut request = target.client.request(Method::GET, "/api/v1/auth/me");
        if let Some(given) = given {
            request = request.header("x-correlation-id", given.as_bytes());
        }
        let answer = Answer::to(request).await?;
        let problem = answer.expect_problem(401)?;
        let id = problem["correlation_id"].as_str().unwrap_or_default();
        ensure!(Uuid::parse_str(id).is_ok(), "a new id instead of {given:?}: {answer}");
    }
    Ok(())
}

pub(crate) async fn health_names_every_service(target: Target) -> Result<()> {
    let health = target.client.get("/api/v1/health").await?.expect(200)?.json()?;
    for service in ["auth", "users", "notifications"] {
        ensure!(health["services"].get(service).is_some(), "{service} in {health}");
    }
    Ok(())
}

pub(crate) async fn operators_see_that_it_lives_and_what_it_does(target: Target) -> Result<()> {
    let Some(inside) = &target.inside else { return Ok(()) };
    inside.operators.get("/healthz").await?.expect(200)?;
    inside.operators.get("/readyz").await?.expect(200)?;
    let metrics = inside.operators.get("/metrics").await?.expect(200)?;
    let text = String::from_utf8_lossy(&metrics.body).into_owned();
    for component in ["gateway", "auth", "users", "notifications", "passwords"] {
        ensure!(text.contains(&format!("component=\"{component}\"")), "{component} in {text}");
    }
    // What is for operators is not for everybody.
    for path in ["/metrics", "/ops/mesh", "/healthz"] {
        target.client.get(path).await?.expect_problem(404)?;
    }
    Ok(())
}
