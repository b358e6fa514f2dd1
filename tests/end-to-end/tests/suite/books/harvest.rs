//! The catalogue as others' programs harvest and search it: Sickle, and the client of YAZ.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_private_servers::{debian_program, python_package};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::jobs::import;
use crate::auth::roles::with_role;
use crate::deployments::Target;

const SICKLE: &str = "sickle==0.7.0";
/// A language that no other scenario has books in (Klingon).
const LANGUAGE: &str = "tlh";
/// Books, how many of them change, and how many of those are deleted.
const BOOKS: usize = 1_100;
const CHANGED: usize = 1_000;
const DELETED: usize = 100;
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Harvest {
    identifiers: Vec<String>,
    deleted: Vec<String>,
}

/// The ids of the books in the language, in the order of their titles.
async fn ids(who: &Person) -> Result<Vec<String>> {
    let mut path = format!("/api/v1/books?language={LANGUAGE}&limit=200");
    let mut ids = Vec::new();
    loop {
        let page = who.get(&path).await?.expect(200)?.json()?;
        let items = page["items"].as_array().context("items")?;
        ids.extend(items.iter().filter_map(|book| book["id"].as_str()).map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/books?language={LANGUAGE}&limit=200&cursor={cursor}"),
            None => return Ok(ids),
        }
    }
}

/// Changes a book that nobody changed yet, or deletes it.
async fn change(who: Person, at: usize, id: String) -> Result<()> {
    let path = format!("/api/v1/books/{id}");
    if at < DELETED {
        Answer::to(who.request(Method::DELETE, &path)).await?.expect(204)?;
        return Ok(());
    }
    let change = json!({ "subtitle": format!("changed {at}") });
    let request = who.request(Method::PATCH, &path).header("if-match", "\"1\"").json(&change);
    Answer::to(request).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn a_harvester_and_a_search_client_of_others_work_while_books_change(
    target: Target,
) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let word = format!("q{}", uuid::Uuid::now_v7().simple());
    let rows =
        (0..BOOKS).map(|at| json!({ "title": format!("{word} {at:04}"), "language": LANGUAGE }).to_string());
    let file = rows.collect::<Vec<_>>().join("\n");
    let (_, job) = import(&librarian, "", "application/jsonl", file).await?;
    ensure!((&job["done"], &job["failed"]) == (&json!(BOOKS), &json!(0)), "{job}");
    let books = ids(&librarian).await?;
    ensure!(books.len() == BOOKS, "{} books", books.len());

    let base = format!("{}/oai", target.client.base());
    let harvester = tokio::task::spawn_blocking(|| python_package(SICKLE)).await??;
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/books/harvest.py");
    let mut python = Command::new("python3")
        .arg(script)
        .args([&base, LANGUAGE])
        .env("PYTHONPATH", harvester)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("running python3")?;
    let until_then = python.stdin.take();
    let mut said = BufReader::new(python.stdout.take().context("its output")?).lines();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let harvests = tokio::task::spawn_blocking(move || {
        said.next().context("the harvester said nothing")??;
        // Nobody waits any more if the scenario has failed.
        let _ = begun.send(());
        let lines = said.collect::<Result<Vec<_>, _>>()?;
        ensure!(python.wait()?.success(), "the harvester failed");
        Ok(lines)
    });
    // What changed before that is no part of what changed since.
    begins.await.context("the harvester began")?;
    let changes = books.iter().take(CHANGED).cloned().enumerate();
    let changes: Vec<_> = changes.map(|(at, id)| change(librarian.clone(), at, id)).collect();
    stream::iter(changes).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    drop(until_then);
    let lines = harvests.await??;
    let mut harvests =
        lines.iter().map(|line| serde_json::from_str::<Harvest>(line)).collect::<Result<Vec<_>, _>>()?;

    let since = harvests.pop().context("a harvest of what changed")?;
    ensure!(!harvests.is_empty(), "no harvest was whole before the changes ended");
    let identifier = |id: &String| books_identifier(&since.identifiers, id);
    for harvest in &harvests {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for identifier in &harvest.identifiers {
            *times.entry(identifier).or_default() += 1;
        }
        ensure!(times.values().all(|times| *times == 1), "a record came twice: {times:?}");
        let missing =
            books.iter().find(|id| !times.keys().any(|identifier| identifier.ends_with(id.as_str())));
        ensure!(missing.is_none(), "{missing:?} is missing");
    }
    let touched: BTreeSet<&String> = books.iter().take(CHANGED).collect();
    let lost = touched.iter().find(|id| identifier(id).is_none());
    ensure!(lost.is_none(), "the next harvest lacks {lost:?}");
    ensure!(since.deleted.len() == DELETED, "{} are gone", since.deleted.len());

    let url = format!("{}/sru", target.client.base());
    let found = tokio::task::spawn_blocking(move || searched(&url, &word)).await??;
    ensure!(found.contains(&format!("Number of hits: {}", BOOKS - DELETED)), "{found}");
    ensure!(found.contains("http://www.loc.gov/MARC21/slim"), "{found}");
    Ok(())
}

fn books_identifier<'a>(identifiers: &'a [String], id: &str) -> Option<&'a String> {
    identifiers.iter().find(|identifier| identifier.ends_with(id))
}

/// What YAZ's client says of a search for words of titles, and of the first record.
fn searched(url: &str, word: &str) -> Result<String> {
    let client = debian_program("yaz-client", "yaz")?;
    let mut client = Command::new(client)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("running yaz-client")?;
    let commands =
        format!("sru get 1.2\nopen {url}\nquerytype cql\nschema marcxml\nfind title={word}\nshow 1\nquit\n");
    client.stdin.take().context("its input")?.write_all(commands.as_bytes())?;
    let output = client.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
