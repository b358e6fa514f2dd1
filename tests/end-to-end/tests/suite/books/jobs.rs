//! Books that come from a file, and go into one.

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
    ensure!(location.starts_with("/api/v1/jobs/books-"), "{location}");
    let job = until("the job has ended", PATIENCE, || async {
        let job = who.get(&location).await?.expect(200)?.json()?;
        Ok((job["state"] != "running").then_some(job))
    })
    .await?;
    ensure!(job["state"] == "completed", "{job}");
    Ok((location, job))
}

pub(super) async fn import(
    who: &Person,
    query: &str,
    kind: &str,
    file: impl Into<reqwest::Body>,
) -> Result<(String, Value)> {
    let path = format!("/api/v1/books/imports{query}");
    let request = who.request(Method::POST, &path).header("content-type", kind).body(file);
    ended(who, Answer::to(request).await?).await
}

pub(crate) async fn books_come_from_a_file_and_go_into_one(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let other = with_role(&target, "librarian").await?;
    let word = format!("q{}", uuid::Uuid::now_v7().simple());
    let file = format!(
        "title,contributors,year,barcodes\n\
         Emma {word},Jane Austen,1815,{word}1|{word}2\n\
         Faust {word},Goethe | Hayward (translator),1808,\n\
         Wrong {word},,MDCC,\n"
    );
    let (location, job) = import(&librarian, "", "text/csv", file).await?;
    ensure!((&job["done"], &job["failed"]) == (&json!(3), &json!(1)), "{job}");
    let errors = librarian.get(&format!("{location}/errors")).await?.expect(200)?.json()?;
    ensure!(errors["items"][0]["row"] == 3, "{errors}");
    other.get(&location).await?.expect_problem(404)?;

    for format in ["csv", "jsonl", "marc", "marcxml"] {
        let asked = json!({ "format": format, "query": format!("q={word}&sort=title") });
        let begun = librarian.post("/api/v1/books/exports", &asked).await?;
        let (location, job) = ended(&librarian, begun).await?;
        ensure!(job["done"] == 2, "{format}: {job}");
        let result = librarian.get(&format!("{location}/result")).await?.expect(200)?;
        let kind = result.header("content-type").context("a type")?.to_owned();
        // Taken in again, each book is found, and nothing of it changes.
        let (_, job) = import(&librarian, "?on_match=update", &kind, result.body.clone()).await?;
        ensure!((&job["done"], &job["failed"]) == (&json!(2), &json!(0)), "{format}: {job}");
        let (_, job) = import(&librarian, "?dry_run=true", &kind, result.body.clone()).await?;
        ensure!(job["failed"] == 2, "{format}: {job}");
        other.get(&format!("{location}/result")).await?.expect_problem(404)?;
    }
    let books = librarian.get(&format!("/api/v1/books?q={word}")).await?.expect(200)?.json()?;
    ensure!(books["items"].as_array().is_some_and(|books| books.len() == 2), "{books}");
    ensure!(books["items"][0]["available_count"] == 2, "{books}");
    Ok(())
}
