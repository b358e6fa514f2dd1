//! What is there in the end.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use lyceum_end_to_end::client::Person;
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_faults::rest::{Traces, kept};
use lyceum_faults::settling::settle;
use serde_json::Value;

use crate::crew::Crew;
use crate::rig::Rig;
use crate::work::{Kind, Task, content, is_done};

/// Asks again for all that was refused, and counts what is there.
pub(crate) async fn finish_and_count(rig: &Rig, crew: &Crew) -> Result<()> {
    let person = &crew.person().await?;
    for kind in [Kind::Registration, Kind::Note, Kind::Upload] {
        let tasks = crew.tasks(kind);
        let refused = tasks.iter().filter(|(_, done)| !done).map(|(task, _)| repeat(person, crew, task));
        let refused = stream::iter(refused.collect::<Vec<_>>());
        let refused = refused.buffer_unordered(2).try_collect::<Vec<()>>().await?.len();
        let count = tasks.len();
        match kind {
            Kind::Registration => registrations(rig, crew, &tasks).await?,
            Kind::Note => notes(person, crew, count).await?,
            _ => uploads(rig, person, &tasks).await?,
        }
        println!(
            "{kind}: {count} asked for, {refused} of them again after a refusal; {count} found, 0 lost, 0 doubled"
        );
    }
    Ok(())
}

async fn repeat(person: &Person, crew: &Crew, task: &Task) -> Result<()> {
    until("a repeated request is granted", PATIENCE, || async {
        Ok(is_done(&task.ask(person, &crew.prefix).await?)?.then_some(()))
    })
    .await
}

async fn registrations(rig: &Rig, crew: &Crew, tasks: &[(Task, bool)]) -> Result<()> {
    settle(&rig.lyceum, &rig.post, &crew.prefix, tasks.len()).await?;
    let (found, _) = kept(&rig.lyceum, &rig.post, &crew.prefix).await?;
    for (task, _) in tasks {
        let name = task.name(&crew.prefix);
        let traces = found.get(&name).cloned().unwrap_or_default();
        ensure!(traces == Traces::ONE, "{name} left {traces:?}");
    }
    ensure!(found.len() == tasks.len(), "{} found, {} asked for", found.len(), tasks.len());
    Ok(())
}

async fn pages(person: &Person, path: &str) -> Result<Vec<Value>> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("{path}limit=200{cursor}")).await?.expect(200)?.json()?;
        items.extend(page["items"].as_array().context("items")?.iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return Ok(items) };
        cursor = format!("&cursor={next}");
    }
}

/// Each is there once, and its event was heard once.
async fn notes(person: &Person, crew: &Crew, count: usize) -> Result<()> {
    let found = pages(person, &format!("/api/v1/notes?author={}&", crew.prefix)).await?;
    let mut numbers: Vec<i64> = found.iter().filter_map(|note| note["pages"].as_i64()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    ensure!(numbers.len() == count && found.len() == count, "{} notes for {count} requests", found.len());
    for note in &found {
        let path = format!("/api/v1/notes/{}/events", note["id"].as_str().context("an id")?);
        until("its event was heard", PATIENCE, || async {
            let heard = person.get(&path).await?.expect(200)?.json()?;
            ensure!(heard.as_array().is_some_and(|heard| heard.len() <= 1), "{note} was heard of: {heard}");
            Ok((heard == serde_json::json!([1])).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// Each is there once, as it was sent, and was announced once.
async fn uploads(rig: &Rig, person: &Person, tasks: &[(Task, bool)]) -> Result<()> {
    let found = pages(person, "/api/v1/files?").await?;
    let mut ids = BTreeMap::new();
    for file in &found {
        ensure!(file["status"] == "available", "{file}");
        let name = file["original_filename"].as_str().context("a name")?;
        ensure!(ids.insert(name, file["id"].as_str().context("an id")?).is_none(), "{name} is there twice");
    }
    for (task, _) in tasks {
        let id = ids.get(task.name("").as_str()).with_context(|| format!("{task:?} is lost"))?;
        let answer = person.get(&format!("/api/v1/files/{id}/content")).await?.expect(200)?;
        ensure!(answer.body == content(task.number), "{task:?} has another content");
    }
    ensure!(found.len() == tasks.len(), "{} found, {} asked for", found.len(), tasks.len());
    until("all uploads are announced", PATIENCE, || async {
        let events = rig.lyceum.console().published()?;
        let announced = events.iter().filter(|event| event["type"] == "lyceum.files.FileUploaded.v1");
        let announced = announced.filter(|event| event["data"]["user_id"] == person.id.as_str()).count();
        ensure!(announced <= tasks.len(), "{announced} announced, {} asked for", tasks.len());
        Ok((announced == tasks.len()).then_some(()))
    })
    .await
}
