//! A database that is locked or gone.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Database, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::Server as _;
use reqwest::Method;
use serde_json::json;

use crate::hostile::ready;

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_a_503_and_recovers() -> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let person = ready(&lyceum).await?;
    let lock = rusqlite::Connection::open(lyceum.data().join("sql/users.db"))?;
    lock.execute_batch("BEGIN IMMEDIATE")?;
    unavailable(&change(&person).await?)?;
    others_answer(&lyceum, &person).await?;
    lock.execute_batch("ROLLBACK")?;
    until("changes are taken again", PATIENCE, || async {
        Ok((change(&person).await?.status.as_u16() == 200).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_is_a_503_and_recovers() -> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Postgres)?).await?;
    let person = ready(&lyceum).await?;
    let Database::Server { server, .. } = lyceum.database() else { anyhow::bail!("a server") };
    server.stop()?;
    unavailable(&person.get("/api/v1/users/me").await?)?;
    unavailable(&lyceum.client()?.login(&person.credentials).await?)?;
    lyceum.client()?.get("/api/v1/health").await?.expect(200)?;
    server.restart()?;
    until("the profile is read again", PATIENCE, || async {
        let answer = person.get("/api/v1/users/me").await?;
        if answer.status.as_u16() != 200 {
            unavailable(&answer)?;
        }
        Ok((answer.status.as_u16() == 200).then_some(()))
    })
    .await?;
    lyceum.client()?.newcomer("Afterwards").await?;
    Ok(())
}

async fn change(person: &Person) -> Result<Answer> {
    let read = person.get("/api/v1/users/me/profile").await?;
    let Some(tag) = read.header("etag") else { return Ok(read) };
    let request = person.request(Method::PATCH, "/api/v1/users/me/profile").header("if-match", tag);
    Answer::to(request.json(&json!({ "bio": "Patient." }))).await
}

fn unavailable(answer: &Answer) -> Result<()> {
    answer.expect_problem(503)?;
    let wait: u64 =
        answer.header("retry-after").with_context(|| format!("Retry-After in {answer}"))?.parse()?;
    ensure!(wait >= 1, "{answer}");
    Ok(())
}

/// The services with databases of their own go on.
async fn others_answer(lyceum: &Lyceum, person: &Person) -> Result<()> {
    person.get("/api/v1/auth/me").await?.expect(200)?;
    person.get("/api/v1/notifications").await?.expect(200)?;
    lyceum.client()?.newcomer("Meanwhile").await?;
    lyceum.client()?.get("/api/v1/health").await?.expect(200)?;
    Ok(())
}
