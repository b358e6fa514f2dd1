//! `kill -9` at every commit on the way of a copy that is lent: it is lent once, its reader has it, everybody is told once, and the
//! catalogue shows it as on loan.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_end_to_end::tier::Tier;
use lyceum_faults::counted::Counted;
use lyceum_faults::plan::along;
use lyceum_faults::strike::{Request, Struck, later, signed_in, strike};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const LENDINGS: &str = "/api/v1/lendings";
/// The rule for everything that no other rule is for.
const RULE: &str = "/api/v1/circulation-rules/00000000-0000-7000-8000-000000000001";
/// So many commits follow from one checkout at least: in lendings, in books, which has the copy on loan, and in authors and genres,
/// which count.
const COMMITS: u32 = 4;
/// Every so-manieth copy comes back.
const BACK: usize = 3;
/// How long everything that was begun may take to come to its end.
const SETTLING: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn no_copy_is_lent_twice_or_to_nobody_on_sqlite() -> Result<()> {
    run(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_copy_is_lent_twice_or_to_nobody_on_postgres() -> Result<()> {
    run(Backend::Postgres).await
}

/// A copy that was lent.
struct Lent {
    /// Where the catalogue has it.
    item: String,
    /// The lending, as it was answered.
    lending: Value,
    is_back: bool,
}

async fn run(backend: Backend) -> Result<()> {
    let kills = along(COMMITS, backend, Tier::current());
    let mut lyceum = Lyceum::start(Setup::of(backend)?).await?;
    let librarian = signed_in(&lyceum).await?;
    let (copies, reader) = library(&librarian, kills.len()).await?;
    let (mut lent, mut reached, mut times) = (Vec::new(), 0, Vec::new());
    for (round, (item, kill)) in copies.into_iter().zip(&kills).enumerate() {
        let body = json!({ "item_id": id_of(&item), "reader_id": reader });
        let key = Uuid::new_v4().to_string();
        let request = Request { key, path: LENDINGS.to_owned(), body, done: 201 };
        let Struck { there, recovered, answer } = strike(&mut lyceum, &request, *kill).await?;
        reached += usize::from(there);
        times.push(recovered);
        let (lending, is_back) = (answer.json()?, round % BACK == 0);
        if is_back {
            let path = format!("{LENDINGS}/{}/return", lending["id"].as_str().context("its id")?);
            signed_in(&lyceum).await?.post(&path, &json!({})).await?.expect(200)?;
        }
        lent.push(Lent { item, lending, is_back });
    }
    ensure!(reached == kills.len(), "only {reached} of {} rounds reached their failpoint", kills.len());
    let librarian = later(&mut lyceum).await?;
    for (lent, kill) in lent.iter().zip(&kills) {
        let whole = is_whole(&librarian, lent).await;
        whole.with_context(|| format!("{kill:?}: {}", lyceum.log().tail()))?;
    }
    let account = librarian.get(&format!("/api/v1/reader-accounts/{reader}")).await?.expect(200)?.json()?;
    let out = lent.iter().filter(|lent| !lent.is_back).count();
    ensure!(account["open_lendings"] == out, "{out} copies are out, but {account}");
    lyceum.terminate()?;
    told_once(&lyceum, &lent)?;
    let (what, rounds, outages) = ("a copy that is lent", kills.len(), 0);
    Counted { what, backend, rounds, reached, outages, recovered: times }.tell()
}

/// A book with so many copies, and a reader who may have them all, whom lendings knows.
async fn library(librarian: &Person, count: usize) -> Result<(Vec<String>, String)> {
    let rule = librarian.get(RULE).await?.expect(200)?;
    let tag = rule.header("etag").context("a tag")?;
    let change = librarian.request(Method::PATCH, RULE).header("if-match", tag);
    Answer::to(change.json(&json!({ "max_lendings": 1_000 }))).await?.expect(200)?;
    let book = librarian.post("/api/v1/books", &json!({ "title": "Emma" })).await?.expect(201)?.json()?;
    let items = format!("/api/v1/books/{}/items", book["id"].as_str().context("its id")?);
    let mut copies = Vec::new();
    for number in 0..count {
        let copy = librarian.post(&items, &json!({ "barcode": format!("b{number}") })).await?.expect(201)?;
        copies.push(copy.header("location").context("where it is")?.to_owned());
    }
    let person = librarian.client.newcomer("Ada").await?;
    let fields = json!({
        "user_id": person.id, "full_name": "Ada", "email": person.credentials.email, "birth_date": "2000-01-31",
        "gdpr_consent": true,
    });
    let record = until("readers has heard of the account", PATIENCE, || async {
        let answer = librarian.post("/api/v1/readers", &fields).await?;
        Ok(if answer.status == 422 { None } else { Some(answer.expect(201)?.json()?) })
    })
    .await?;
    let reader = record["id"].as_str().context("their id")?.to_owned();
    for item in &copies {
        let checkout = json!({ "item_id": id_of(item), "reader_id": reader });
        until("lendings has heard of copy and reader", PATIENCE, || async {
            let answer = librarian.post(&format!("{LENDINGS}/check"), &checkout).await?;
            Ok((answer.status == 200).then_some(()))
        })
        .await?;
    }
    Ok((copies, reader))
}

fn id_of(item: &str) -> &str {
    item.rsplit('/').next().unwrap_or_default()
}

/// The copy was lent once, as it was answered, and the catalogue shows where it is.
async fn is_whole(librarian: &Person, lent: &Lent) -> Result<()> {
    let item = id_of(&lent.item);
    let list = librarian.get(&format!("{LENDINGS}?item_id={item}")).await?.expect(200)?.json()?;
    let lendings = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [lending] = lendings else { anyhow::bail!("{item} was lent {} times", lendings.len()) };
    ensure!(lending["id"] == lent.lending["id"] && lending["number"] == lent.lending["number"], "{lending}");
    ensure!(lending["returned_at"].is_null() != lent.is_back, "{lending}");
    let status = if lent.is_back { "available" } else { "on_loan" };
    until("the catalogue shows where it is", SETTLING, || async {
        let shown = librarian.get(&lent.item).await?.expect(200)?.json()?;
        Ok((shown["status"] == status).then_some(()))
    })
    .await
}

/// Each lending and each return was told of once, and numbers have no gaps.
fn told_once(lyceum: &Lyceum, lent: &[Lent]) -> Result<()> {
    let published = lyceum.console().published()?;
    for Lent { lending, is_back, .. } in lent {
        for (kind, expected) in [("LendingStarted", 1), ("LendingReturned", usize::from(*is_back))] {
            let kind = format!("lyceum.lendings.{kind}.v1");
            let about = |event: &&Value| {
                event["type"] == kind.as_str() && event["data"]["lending_id"] == lending["id"]
            };
            let told = published.iter().filter(about).count();
            ensure!(told == expected, "{kind} of {} was published {told} times", lending["number"]);
        }
    }
    let numbers: BTreeSet<&str> = lent.iter().filter_map(|lent| lent.lending["number"].as_str()).collect();
    ensure!(numbers.len() == lent.len(), "numbers came twice: {numbers:?}");
    for count in 1..=lent.len() {
        let number = numbers.iter().any(|number| number.ends_with(&format!("/{count}")));
        ensure!(number, "number {count} is missing: {numbers:?}");
    }
    Ok(())
}
