//! An event that can't be handled: it becomes a dead letter, and everything else goes on in order.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::Lyceum;
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::hostile::ready;
use crate::with_hostile;

/// Ten attempts with growing pauses take their time.
const DYING: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_event_is_put_aside_and_the_rest_flows_in_order() -> Result<()> {
    let lyceum = with_hostile().await?;
    let (person, other) = (ready(&lyceum).await?, ready(&lyceum).await?);
    for name in ["Before", "Poison", "After"] {
        rename(&person, name).await?;
    }
    rename(&other, "Unharmed").await?;
    // Events of others pass while this one is tried again.
    until("others' events pass", PATIENCE, || async {
        Ok(seen(&lyceum, &other)?.contains(&"Unharmed".into()).then_some(()))
    })
    .await?;
    ensure!(!seen(&lyceum, &person)?.contains(&"After".into()), "a successor must wait");
    until("the poison is a dead letter", DYING, || async { Ok((!dead(&lyceum)?.is_empty()).then_some(())) })
        .await?;
    until("its successor passes", PATIENCE, || async {
        Ok((seen(&lyceum, &person)?.last().map(String::as_str) == Some("After")).then_some(()))
    })
    .await?;
    let mut order = seen(&lyceum, &person)?;
    order.dedup();
    assert_eq!(order, ["Before", "Poison", "After"]);

    let letters = dead(&lyceum)?;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["consumer"], json!("hostile/reaction"));
    ensure!(letters[0]["error"].as_str().unwrap_or_default().contains("this is poison"), "{letters:?}");
    let id = letters[0]["event"]["id"].as_str().context("its id")?.to_owned();
    let shown: Value = serde_json::from_str(&events(&lyceum, &["show", &id])?)?;
    assert_eq!(shown["event"]["data"]["display_name"], json!("Poison"));

    let before = seen(&lyceum, &person)?.len();
    events(&lyceum, &["replay", &id])?;
    until("it is delivered again", PATIENCE, || async {
        Ok((seen(&lyceum, &person)?.len() > before).then_some(()))
    })
    .await?;
    until("it is a dead letter again", DYING, || async {
        Ok(dead(&lyceum)?.iter().any(|letter| letter["being_replayed"] == json!(false)).then_some(()))
    })
    .await?;
    events(&lyceum, &["drop", &id])?;
    assert_eq!(dead(&lyceum)?, Vec::<Value>::new());
    Ok(())
}

async fn rename(person: &Person, name: &str) -> Result<()> {
    let read = person.get("/api/v1/users/me/profile").await?.expect(200)?;
    let request = person
        .request(Method::PATCH, "/api/v1/users/me/profile")
        .header("if-match", read.header("etag").context("an ETag")?);
    Answer::to(request.json(&json!({ "display_name": name }))).await?.expect(200)?;
    Ok(())
}

/// The names in the events about this person that the plug-in saw, in its order.
fn seen(lyceum: &Lyceum, person: &Person) -> Result<Vec<String>> {
    let begin = format!("saw [{}] [", person.id);
    let log = lyceum.log().text()?;
    let after = log.lines().filter_map(|line| line.split_once(&begin).map(|(_, after)| after));
    Ok(after.filter_map(|text| Some(text.split_once("] [")?.1.split_once(']')?.0.to_owned())).collect())
}

fn dead(lyceum: &Lyceum) -> Result<Vec<Value>> {
    let lines = events(lyceum, &["list", "--dead", "--json"])?;
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn events(lyceum: &Lyceum, arguments: &[&str]) -> Result<String> {
    let output = lyceum.events(arguments)?;
    ensure!(output.status.success(), "lyceum events {arguments:?}: {output:?}");
    Ok(String::from_utf8(output.stdout)?)
}
