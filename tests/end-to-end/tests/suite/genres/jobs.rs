//! Genres that come from a file, and go into one.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

/// The job once it has ended, and where it is.
async fn ended(who: &Person, begun: Answer) -> Result<(String, Value)> {
    let begun = begun.expect(202)?;
    let location = begun.header("location").context("a Location")?.to_owned();
    ensure!(location.starts_with("/api/v1/jobs/genres-"), "{location}");
    let job = until("the job has ended", PATIENCE, || async {
        let job = who.get(&location).await?.expect(200)?.json()?;
        Ok((job["state"] != "running").then_some(job))
    })
    .await?;
    ensure!(job["state"] == "completed", "{job}");
    Ok((location, job))
}

pub(crate) async fn genres_come_from_a_file_and_go_into_one(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let other = with_role(&target, "librarian").await?;
    let word = format!("q{}", uuid::Uuid::now_v7().simple());
    let top = uuid::Uuid::now_v7();
    let file = format!("id,name,parent_id\n{top},Prose {word},\n,Novels {word},{top}\n,PROSE {word},\n");
    let imported = librarian
        .request(Method::POST, "/api/v1/genres/imports")
        .header("content-type", "text/csv")
        .body(file);
    let (location, job) = ended(&librarian, Answer::to(imported).await?).await?;
    ensure!((&job["done"], &job["failed"]) == (&json!(3), &json!(1)), "{job}");
    let errors = librarian.get(&format!("{location}/errors")).await?.expect(200)?.json()?;
    ensure!(errors["items"][0]["row"] == 3, "{errors}");
    ensure!(errors["items"][0]["error_code"] == "GENRE_NAME_TAKEN", "{errors}");
    other.get(&location).await?.expect_problem(404)?;

    for format in ["csv", "jsonl"] {
        let asked = json!({ "format": format, "query": format!("q={word}") });
        let begun = librarian.post("/api/v1/genres/exports", &asked).await?;
        let (location, job) = ended(&librarian, begun).await?;
        ensure!(job["done"] == 2, "{job}");
        let result = librarian.get(&format!("{location}/result")).await?.expect(200)?;
        let name = format!("genres.{format}");
        ensure!(result.header("content-disposition").is_some_and(|given| given.contains(&name)), "{result}");
        // Taken in again, it holds what is there already.
        let kind = result.header("content-type").context("a type")?.to_owned();
        let again = librarian
            .request(Method::POST, "/api/v1/genres/imports?dry_run=true")
            .header("content-type", kind)
            .body(result.body.clone());
        let (_, job) = ended(&librarian, Answer::to(again).await?).await?;
        ensure!((&job["done"], &job["failed"]) == (&json!(2), &json!(2)), "{format}: {job}");
        other.get(&format!("{location}/result")).await?.expect_problem(404)?;
    }
    // What only a larger component could read is refused before anything begins.
    let refused = librarian.post("/api/v1/genres/exports", &json!({ "format": "xlsx" })).await?;
    refused.expect_problem(422)?;
    let spreadsheet = librarian
        .request(Method::POST, "/api/v1/genres/imports")
        .header("content-type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .body("PK");
    Answer::to(spreadsheet).await?.expect_problem(415)?;
    Ok(())
}
