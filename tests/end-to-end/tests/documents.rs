//! A service with documents, the whole way: from the socket to each store and back, and its events to a subscriber.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::{MongodbServer, Server as _};
use reqwest::Method;
use serde_json::{Value, json};

async fn start(documents: &str) -> Result<Lyceum> {
    let setup = Setup::of(Backend::Sqlite)?.with_manifest(Manifest::of_repository()?.with_notebook()?);
    Lyceum::start(setup.with_variable("LYCEUM_DOCUMENTS", documents)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_keeps_its_documents_in_a_file() -> Result<()> {
    let mut lyceum = start("sqlite:").await?;
    the_whole_way(&mut lyceum).await?;
    ensure!(lyceum.data().join("documents/notebook.db").is_file());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_keeps_its_documents_on_a_server() -> Result<()> {
    let server = MongodbServer::start()?;
    let mut lyceum = start(&format!("{}/lyceum_{{service}}", server.url())).await?;
    let person = the_whole_way(&mut lyceum).await?;
    // While the server is gone only this service's answers are missing.
    server.kill9()?;
    let refused = person.get("/api/v1/notes").await?;
    refused.expect_problem(503)?;
    ensure!(refused.header("retry-after").is_some(), "{refused}");
    person.get("/api/v1/users/me").await?.expect(200)?;
    server.restart()?;
    until("notes are read again", PATIENCE, || async {
        Ok((person.get("/api/v1/notes").await?.status.as_u16() == 200).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_an_earlier_release_are_migrated_in_a_file() -> Result<()> {
    let mut lyceum = start("sqlite:").await?;
    bodies_are_migrated(&mut lyceum).await
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_an_earlier_release_are_migrated_on_a_server() -> Result<()> {
    let server = MongodbServer::start()?;
    let mut lyceum = start(&format!("{}/lyceum_{{service}}", server.url())).await?;
    bodies_are_migrated(&mut lyceum).await
}

/// Notes as the first release wrote them: read right at once, found by what was changed when all are rewritten, at the
/// latest after the next start, and still the versions that they were.
async fn bodies_are_migrated(lyceum: &mut Lyceum) -> Result<()> {
    const NOTES: usize = 120;
    let person = lyceum.client()?.newcomer("Notes").await?;
    let mut paths = Vec::new();
    for pages in 0..NOTES {
        let note = json!({ "by": "Ada", "text": "old", "tags": ["a"], "pages": pages });
        let request = person.request(Method::POST, "/api/v1/notes/of-the-first-form").json(&note);
        let written = Answer::to(request).await?.expect(201)?;
        paths.push(written.header("location").context("a location")?.to_owned());
    }
    let path = paths.first().context("a note")?;
    let shown = person.get(path).await?.expect(200)?;
    ensure!(shown.json()?["author"] == "Ada" && shown.header("etag") == Some("\"1\""), "{shown}");
    lyceum.kill9()?;
    lyceum.restart(&[]).await?;
    let person = lyceum.client()?.sign_in(&person.credentials).await?;
    until("all bodies are rewritten", PATIENCE, || async {
        let found = person.get("/api/v1/notes?author=Ada&limit=200").await?;
        if found.status.as_u16() == 503 {
            return Ok(None);
        }
        let items = found.expect(200)?.json()?["items"].as_array().context("items")?.len();
        ensure!(items == NOTES, "only {items} notes were found");
        Ok(Some(()))
    })
    .await?;
    for path in &paths {
        // A service that couldn't answer again and again is left alone for a while, and then asked little by little.
        let shown = until("the note is read", PATIENCE, || async {
            let shown = person.get(path).await?;
            Ok((shown.status.as_u16() != 503).then_some(shown))
        })
        .await?
        .expect(200)?;
        ensure!(shown.json()?["author"] == "Ada" && shown.header("etag") == Some("\"1\""), "{shown}");
    }
    // Of one alone: a service that can't answer again and again is left alone for a while.
    person.get(&format!("{path}/of-the-first-form")).await?.expect_problem(503)?;
    // One event for each write, none for rewriting.
    until("the first note's event is heard", PATIENCE, || async {
        let heard = person.get(&format!("{path}/events")).await?.expect(200)?.json()?;
        Ok((heard == json!([1])).then_some(()))
    })
    .await
}

async fn write(person: &Person, key: &str, note: &Value) -> Result<Answer> {
    let request = person.request(Method::POST, "/api/v1/notes").header("idempotency-key", key);
    Answer::to(request.json(note)).await
}

async fn the_whole_way(lyceum: &mut Lyceum) -> Result<Person> {
    let person = lyceum.client()?.newcomer("Notes").await?;
    // Created once, however often it is asked for.
    let note = json!({ "author": "Ada", "text": "first", "tags": ["a", "b"], "pages": 3 });
    let first = write(&person, "one", &note).await?.expect(201)?;
    let again = write(&person, "one", &note).await?.expect(201)?;
    ensure!(first.body == again.body && again.header("idempotency-replayed") == Some("true"), "{again}");
    write(&person, "one", &json!({ "author": "Ada", "text": "other" })).await?.expect_problem(422)?;
    let id = first.json()?["id"].as_str().context("an id")?.to_owned();
    let path = format!("/api/v1/notes/{id}");
    let shown = person.get(&path).await?.expect(200)?;
    ensure!(shown.json()?["text"] == "first" && shown.header("etag") == Some("\"1\""), "{shown}");
    // Changed by who saw the last version.
    let change = |tag: &'static str, text: &'static str| {
        let request = person.request(Method::PATCH, &path).header("if-match", tag);
        Answer::to(request.json(&json!({ "text": text })))
    };
    change("\"1\"", "second").await?.expect(200)?;
    change("\"1\"", "third").await?.expect_problem(412)?;
    // Found by fields, by elements of arrays, in order and in pages.
    for pages in 0..6 {
        let note = json!({ "author": "Grace", "text": "x", "tags": ["b"], "pages": pages });
        write(&person, &format!("page-{pages}"), &note).await?.expect(201)?;
    }
    let pages = async |query: &str| -> Result<(Vec<i64>, Option<String>)> {
        let page = person.get(&format!("/api/v1/notes?{query}")).await?.expect(200)?.json()?;
        let items = page["items"].as_array().context("items")?;
        let next = page["next_cursor"].as_str().map(ToOwned::to_owned);
        Ok((items.iter().filter_map(|item| item["pages"].as_i64()).collect(), next))
    };
    ensure!(pages("author=Ada").await?.0 == [3]);
    ensure!(pages("tag=b&pages=3").await?.0 == [5, 4, 3, 3]);
    let (longest, next) = pages("author=Grace&limit=4").await?;
    let next = next.context("a cursor")?;
    ensure!(longest == [5, 4, 3, 2]);
    ensure!(pages(&format!("author=Grace&limit=4&cursor={next}")).await?.0 == [1, 0]);
    person.get(&format!("/api/v1/notes?author=Ada&cursor={next}")).await?.expect_problem(400)?;
    person.get("/api/v1/notes?cursor=nonsense").await?.expect_problem(400)?;
    // It outlives the process, and so do its events, in order.
    lyceum.kill9()?;
    lyceum.restart(&[]).await?;
    let person = lyceum.client()?.sign_in(&person.credentials).await?;
    ensure!(person.get(&path).await?.expect(200)?.json()?["text"] == "second");
    Answer::to(person.request(Method::DELETE, &path)).await?.expect(204)?;
    person.get(&path).await?.expect_problem(404)?;
    until("all three events are heard", PATIENCE, || async {
        let heard = person.get(&format!("{path}/events")).await?.expect(200)?.json()?;
        Ok((heard == json!([1, 2, 3])).then_some(()))
    })
    .await?;
    Ok(person)
}
