//! A copy goes out and comes back: what the catalogue and readers tell lendings, and lendings the catalogue.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::{
    client::{Answer, Person},
    poll::{PATIENCE, until},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::books::catalogue::added_book;
use crate::deployments::Target;
use crate::readers::records;

const LENDINGS: &str = "/api/v1/lendings";

async fn becomes(librarian: &Person, item: &str, status: &str) -> Result<()> {
    until("the catalogue has heard of the copy", PATIENCE, || async {
        let shown = librarian.get(item).await?.expect(200)?.json()?;
        Ok((shown["status"] == status).then_some(()))
    })
    .await
}

/// A copy, where the catalogue has it, and a reader's record; lendings knows both.
struct Desk {
    librarian: Person,
    item: String,
    book: String,
    record: String,
    checkout: Value,
}

async fn desk(target: &Target) -> Result<Desk> {
    let librarian = with_role(target, "librarian").await?;
    let book = added_book(target).await?;
    let barcode = uuid::Uuid::now_v7().simple().to_string();
    let items = format!("/api/v1/books/{book}/items");
    let added = librarian.post(&items, &json!({ "barcode": barcode })).await?.expect(201)?;
    let item = added.header("location").context("where the copy is")?.to_owned();
    let record = records::added(target).await?;
    let reader = record.rsplit('/').next().context("the reader's id")?;
    let checkout = json!({ "barcode": barcode, "reader_id": reader });
    let decided: Value = until("lendings knows the copy and the reader", PATIENCE, || async {
        let answer = librarian.post(&format!("{LENDINGS}/check"), &checkout).await?;
        if answer.status == 422 {
            return Ok(None);
        }
        answer.expect(200)?.json().map(Some)
    })
    .await?;
    ensure!(decided["allowed"] == true && decided["reasons"] == json!([]), "{decided}");
    Ok(Desk { librarian, item, book, record, checkout })
}

/// A librarian says this of a copy.
async fn said(librarian: &Person, item: &str, status: &str) -> Result<()> {
    let tag = librarian.get(item).await?.expect(200)?.header("etag").context("its version")?.to_owned();
    let change = librarian.request(Method::PATCH, item).header("if-match", tag);
    let change = change.header("content-type", "application/merge-patch+json");
    Answer::to(change.body(json!({ "status": status }).to_string())).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn a_copy_that_is_lent_or_kept_is_so_in_the_catalogue_until_it_is_back(
    target: Target,
) -> Result<()> {
    let Desk { librarian, item, book, checkout, .. } = desk(&target).await?;
    let lent = librarian.post(LENDINGS, &checkout).await?.expect(201)?;
    librarian.post(LENDINGS, &checkout).await?.expect_problem(409)?;
    becomes(&librarian, &item, "on_loan").await?;
    let path = lent.header("location").context("where the lending is")?;
    librarian.post(&format!("{path}/return"), &json!({})).await?.expect(200)?;
    becomes(&librarian, &item, "available").await?;
    let wanted = json!({ "book_id": book, "reader_id": checkout["reader_id"] });
    let hold = librarian.post("/api/v1/holds", &wanted).await?.expect(201)?;
    ensure!(hold.json()?["state"] == "ready", "{hold}");
    becomes(&librarian, &item, "awaiting_pickup").await?;
    let path = hold.header("location").context("where the hold is")?;
    // What is lost is kept for nobody, and what is found again is kept at once.
    said(&librarian, &item, "lost").await?;
    until("the reader waits again", PATIENCE, || async {
        let hold = librarian.get(path).await?.expect(200)?.json()?;
        Ok((hold["state"] == "waiting").then_some(()))
    })
    .await?;
    until("the copy can be put back", PATIENCE, || async {
        Ok(said(&librarian, &item, "available").await.ok())
    })
    .await?;
    becomes(&librarian, &item, "awaiting_pickup").await?;
    Answer::to(librarian.request(Method::DELETE, path)).await?.expect(204)?;
    becomes(&librarian, &item, "available").await
}

pub(crate) async fn a_reader_who_has_a_copy_is_neither_deleted_nor_erased_until_it_is_back(
    target: Target,
) -> Result<()> {
    let Desk { librarian, record, checkout, .. } = desk(&target).await?;
    let shown = librarian.get(&record).await?.expect(200)?.json()?;
    let person = format!("/api/v1/users/{}", shown["user_id"].as_str().context("the account")?);
    let lent = librarian.post(LENDINGS, &checkout).await?.expect(201)?;
    for (who, path) in [(&librarian, &record), (&target.admin, &person)] {
        let refused = Answer::to(who.request(Method::DELETE, path)).await?.expect_problem(409)?;
        ensure!(refused["error_code"] == "COPIES_OUT", "{refused}");
        ensure!(
            refused["detail"].as_str().is_some_and(|detail| detail.contains("1 copy is out")),
            "{refused}"
        );
    }
    target.admin.get(&person).await?.expect(200)?;
    let path = format!("{}/return", lent.header("location").context("where the lending is")?);
    librarian.post(&path, &json!({})).await?.expect(200)?;
    Answer::to(librarian.request(Method::DELETE, &record)).await?.expect(204)?;
    let answer = Answer::to(target.admin.request(Method::DELETE, &person)).await?.expect(202)?;
    let saga = answer.header("location").context("where the saga is")?;
    until("every service has answered", PATIENCE, || async {
        let saga = target.admin.get(saga).await?.expect(200)?.json()?;
        Ok((saga["state"] == "completed").then_some(()))
    })
    .await
}
