//! Documents in MongoDB, with a database of PostgreSQL for each service.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::{MongodbServer, NatsServer, PostgresServer, Server as _};
use reqwest::Method;
use serde_json::json;

use crate::books::read;

/// The last text that was acknowledged of each note, by id.
type Notes = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread")]
async fn documents_on_a_server_agree_with_their_events() -> Result<()> {
    let (mongodb, postgres, nats) =
        (MongodbServer::start()?, PostgresServer::start()?, [NatsServer::start()?, NatsServer::start()?]);
    let setup = |name: &str, nats: &NatsServer| {
        let sql = format!("postgres://postgres@127.0.0.1:{}/{name}_{{service}}", postgres.port());
        anyhow::Ok(
            Setup::of(Backend::Sqlite)?
                .with_manifest(Manifest::of_repository()?.with_notebook()?)
                .with_variable("LYCEUM_SQL", &sql)
                .with_variable("LYCEUM_DOCUMENTS", &format!("{}/{name}_{{service}}", mongodb.url()))
                .with_variable("LYCEUM_EVENTS", &nats.url()),
        )
    };
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("backup");
    let mut first = Lyceum::start(setup("first", &nats[0])?).await?;
    let person = first.client()?.newcomer("Writer").await?;
    let (before, all) = write_meanwhile(&person, &first, &backup).await?;
    first.terminate()?;

    let (second, said) = Lyceum::start_restored(setup("second", &nats[1])?, &backup).await?;
    println!("{said}");
    let client = second.client()?;
    let person = client.sign_in(&person.credentials).await?;
    let mut later = 0;
    for (id, text) in &all {
        later += usize::from(check(&person, id, text, before.contains_key(id)).await?)
            - usize::from(before.contains_key(id));
    }
    goes_on(&client).await?;
    println!(
        "PostgreSQL, NATS and MongoDB: {} notes before the backup, 0 lost; {later} later ones of {}, each with its events once",
        before.len(),
        all.len() - before.len()
    );
    // A database that is not empty is named.
    let said = second.console().refusal(&["restore", &backup.display().to_string(), "--single-host"])?;
    ensure!(said.contains("a host uses"), "{said}");
    Ok(())
}

/// Writes notes and changes them, takes a backup meanwhile, and returns what was acknowledged before it and in all.
async fn write_meanwhile(person: &Person, lyceum: &Lyceum, backup: &Path) -> Result<(Notes, Notes)> {
    let (journal, enough) = (Arc::<Mutex<Notes>>::default(), Arc::<AtomicBool>::default());
    let so_far = || journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write(person.clone(), writer, Arc::clone(&journal), Arc::clone(&enough))))
        .collect();
    let written = |count| {
        until("notes are written", PATIENCE * 4, move || async move {
            Ok((so_far().len() >= count).then_some(()))
        })
    };
    written(40).await?;
    let before = so_far();
    let (console, into) = (lyceum.console(), backup.display().to_string());
    let said =
        tokio::task::spawn_blocking(move || console.say(&["backup", &into, "--single-host"])).await??;
    println!("{said}");
    written(so_far().len() + 10).await?;
    enough.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await??;
    }
    let all = so_far();
    Ok((before, all))
}

async fn write(
    person: Person,
    writer: usize,
    journal: Arc<Mutex<Notes>>,
    enough: Arc<AtomicBool>,
) -> Result<()> {
    for number in 0.. {
        if enough.load(Ordering::Relaxed) {
            break;
        }
        let note = json!({ "author": "Ada", "text": "first", "tags": [], "pages": number });
        let request = person.request(Method::POST, "/api/v1/notes");
        let request = request.header("idempotency-key", format!("{writer}-{number}")).json(&note);
        let answer = Answer::to(request).await?;
        if [503, 504].contains(&answer.status.as_u16()) {
            continue;
        }
        let answer = answer.expect(201)?;
        let id = answer.json()?["id"].as_str().context("an id")?.to_owned();
        let change = person.request(Method::PATCH, &format!("/api/v1/notes/{id}"));
        let changed =
            Answer::to(change.header("if-match", "\"1\"").json(&json!({ "text": "second" }))).await?;
        if [503, 504].contains(&changed.status.as_u16()) {
            continue;
        }
        changed.expect(200)?;
        journal.lock().unwrap_or_else(PoisonError::into_inner).insert(id, "second".to_owned());
    }
    Ok(())
}

/// Whether the note is there. If it is, every event of it was heard once and in order.
async fn check(person: &Person, id: &str, text: &str, before: bool) -> Result<bool> {
    let path = format!("/api/v1/notes/{id}");
    let note = read(person, &path).await?;
    if note.status.as_u16() == 404 && !before {
        let heard = read(person, &format!("{path}/events")).await?.expect(200)?.json()?;
        ensure!(heard == json!([]), "events of a note that is not there: {heard}");
        return Ok(false);
    }
    let note = note.expect(200)?;
    ensure!(!before || note.json()?["text"] == text, "{note}");
    let version: u64 = note.header("etag").context("a version")?.trim_matches('"').parse()?;
    let expected = json!((1..=version).collect::<Vec<_>>());
    until("the note's events are heard", PATIENCE, || async {
        let heard = read(person, &format!("{path}/events")).await?.expect(200)?.json()?;
        let most = heard.as_array().map_or(0, Vec::len) as u64;
        ensure!(most <= version, "{heard} of a note of version {version}");
        Ok((heard == expected).then_some(()))
    })
    .await?;
    Ok(true)
}

async fn goes_on(client: &Client) -> Result<()> {
    let person = client.newcomer("Afterwards").await?;
    let note = json!({ "author": "Grace", "text": "new", "tags": [], "pages": 1 });
    let request = person.request(Method::POST, "/api/v1/notes").header("idempotency-key", "afterwards");
    let request = request.json(&note);
    let id = until("a note is written", PATIENCE * 2, || async {
        let answer = Answer::to(request.try_clone().context("a request")?).await?;
        Ok((![503, 504].contains(&answer.status.as_u16())).then_some(answer))
    });
    let id = id.await?.expect(201)?.json()?["id"].as_str().context("an id")?.to_owned();
    check(&person, &id, "new", true).await.map(drop)
}
