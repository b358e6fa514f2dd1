//! An operator plugs a component of their own into an application that runs on a lattice, which goes on meanwhile.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod operator;
mod others;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, Person};
use lyceum_end_to_end::poll::until;
use reqwest::Method;
use serde_json::json;

use operator::{Operator, Plugged};
use others::Others;

const PATIENCE: Duration = Duration::from_secs(90);
const NOTES: &str = "/api/v1/notes";

#[tokio::test(flavor = "multi_thread")]
async fn a_component_is_plugged_into_a_running_application() -> Result<()> {
    let operator = Operator::start()?;
    let client = Client::new(format!("http://{}", operator.lattice.host("a")?.address))?;
    // A machine that has just started three hosts may be slow.
    let person =
        until("somebody registers", PATIENCE, || async { Ok(client.newcomer("Notes").await.ok()) }).await?;
    person.get(NOTES).await?.expect_problem(404)?;
    // An event makes the profile.
    for path in others::PATHS {
        answers(&person, path).await?;
    }
    let others = Others::start(&person);

    let began = Instant::now();
    operator.prepare()?;
    operator.deploy("0.1.0", Plugged::Whole)?;
    answers(&person, NOTES).await?;
    println!("\nplugged in and answering after {:.1} s", began.elapsed().as_secs_f64());
    let created = create(&person, "first").await?.expect(201)?;
    let note = format!("{NOTES}/{}", created.json()?["id"].as_str().context("an id")?);
    shows(&person, &note, "first").await?;
    until("its own event comes back to it", PATIENCE, || async {
        let heard = person.get(&format!("{note}/events")).await?.expect(200)?;
        Ok((heard.json()? == json!([1])).then_some(()))
    })
    .await?;

    // The provider runs as before, but the component has no link to it any more.
    operator.deploy("0.2.0", Plugged::WithoutDocuments)?;
    until("its documents are out of its reach", PATIENCE, || async {
        Ok(person.get(&note).await?.status.is_server_error().then_some(()))
    })
    .await?;
    for _ in 0..5 {
        for answer in [person.get(&note).await?, create(&person, "never").await?] {
            ensure!(answer.status.is_server_error(), "{answer}");
        }
    }

    operator.deploy("0.3.0", Plugged::Whole)?;
    answers(&person, NOTES).await?;
    shows(&person, &note, "first").await?;
    let kept = person.get(NOTES).await?.expect(200)?.json()?;
    ensure!(kept["items"].as_array().map(Vec::len) == Some(1), "{kept}");

    operator.remove()?;
    until("it is gone", PATIENCE, || async {
        Ok((person.get(NOTES).await?.status.as_u16() == 503).then_some(()))
    })
    .await?;
    let asked = others.stop().await?;
    println!("meanwhile {asked} requests to other services, none failed\n");
    ensure!(asked > 0);
    Ok(())
}

/// Waits until this is answered, wherever a request goes: each host's mesh may be leaving a component alone for a while, since
/// it was asked for before it ran.
async fn answers(person: &Person, path: &str) -> Result<()> {
    until(&format!("{path} is answered"), PATIENCE, || async {
        for _ in 0..20 {
            if person.get(path).await?.expect(200).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

async fn create(person: &Person, text: &str) -> Result<Answer> {
    let request = person.request(Method::POST, NOTES).header("idempotency-key", text);
    Answer::to(request.json(&json!({ "author": "Ada", "text": text }))).await
}

async fn shows(person: &Person, note: &str, text: &str) -> Result<()> {
    let shown = person.get(note).await?.expect(200)?;
    ensure!(shown.json()?["text"] == text, "{shown}");
    Ok(())
}
