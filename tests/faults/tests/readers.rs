//! `kill -9` at every commit on the way of somebody who becomes a reader and gets an account: record and account are both
//! there at the end, once.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Credentials, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::until;
use lyceum_end_to_end::tier::Tier;
use lyceum_faults::counted::Counted;
use lyceum_faults::plan::along;
use lyceum_faults::strike::{Request, Struck, later, strike};
use serde_json::{Value, json};
use uuid::Uuid;

const PATH: &str = "/api/v1/readers";
/// So many commits are made for one reader by auth (proposal, reservation, opening) and by readers (the beginning and three
/// steps).
const COMMITS: u32 = 7;
/// How long everything that was begun may take to come to its end.
const SETTLING: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_half_a_reader_on_sqlite() -> Result<()> {
    run(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_half_a_reader_on_postgres() -> Result<()> {
    run(Backend::Postgres).await
}

/// Somebody who is to become a reader.
struct Newcomer {
    credentials: Credentials,
    /// Where the saga is.
    saga: String,
}

async fn run(backend: Backend) -> Result<()> {
    let kills = along(COMMITS, backend, Tier::current());
    let mut lyceum = Lyceum::start(Setup::of(backend)?).await?;
    let (mut newcomers, mut reached, mut times) = (Vec::new(), 0, Vec::new());
    for (round, kill) in kills.iter().enumerate() {
        let email = format!("r{}.{round}@people.example.org", Uuid::now_v7().simple());
        let credentials = Credentials { email, password: "a quiet harbour at dawn".to_owned() };
        let body = json!({
            "account": { "password": credentials.password }, "full_name": "Ada Lovelace",
            "email": credentials.email, "birth_date": "2000-01-31", "gdpr_consent": true,
        });
        let key = Uuid::new_v4().to_string();
        let request = Request { key, path: PATH.to_owned(), body, done: 202 };
        let Struck { there, recovered, answer } = strike(&mut lyceum, &request, *kill).await?;
        reached += usize::from(there);
        times.push(recovered);
        let saga = answer.header("location").context("where the saga is")?.to_owned();
        newcomers.push(Newcomer { credentials, saga });
    }
    ensure!(reached == kills.len(), "only {reached} of {} rounds reached their failpoint", kills.len());
    let librarian = later(&mut lyceum).await?;
    for (newcomer, kill) in newcomers.iter().zip(&kills) {
        let whole = ends_whole(&librarian, newcomer).await;
        whole.with_context(|| format!("{kill:?}: {}", lyceum.log().tail()))?;
    }
    lyceum.terminate()?;
    told_once(&lyceum, &newcomers)?;
    let (what, rounds, outages) = ("somebody who becomes a reader and gets an account", kills.len(), 0);
    Counted { what, backend, rounds, reached, outages, recovered: times }.tell()
}

/// The saga ends, the reader is there once, and their account is theirs.
async fn ends_whole(librarian: &Person, newcomer: &Newcomer) -> Result<()> {
    let saga = until("the saga ends", SETTLING, || async {
        let saga = librarian.get(&newcomer.saga).await?.expect(200)?.json()?;
        ensure!(saga["state"] != "compensated" && saga["state"] != "stuck", "{saga}");
        Ok((saga["state"] == "completed").then_some(saga))
    })
    .await?;
    let email = &newcomer.credentials.email;
    let list = librarian.get(&format!("{PATH}?email={email}")).await?.expect(200)?.json()?;
    let records = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [record] = records else { anyhow::bail!("{email} has {} records", records.len()) };
    ensure!(record["id"] == saga["subject"], "{record}");
    let reader = librarian.client.sign_in(&newcomer.credentials).await?;
    ensure!(record["user_id"] == reader.id.as_str(), "{record} isn't that of {}", reader.id);
    Ok(())
}

/// Each record and each account was told of once.
fn told_once(lyceum: &Lyceum, newcomers: &[Newcomer]) -> Result<()> {
    let published = lyceum.console().published()?;
    for newcomer in newcomers {
        let email = newcomer.credentials.email.as_str();
        for kind in ["lyceum.auth.UserCreated.v1", "lyceum.readers.ReaderAdded.v1"] {
            let about = |event: &&Value| event["type"] == kind && event["data"]["email"] == email;
            let told = published.iter().filter(about).count();
            ensure!(told == 1, "{kind} of {email} was published {told} times");
        }
    }
    Ok(())
}
