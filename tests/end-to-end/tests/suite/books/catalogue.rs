//! Books and their copies, through the gateway; and what books hears of genres.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

const PATH: &str = "/api/v1/books";

/// A word that no other scenario uses.
fn word() -> String {
    format!("q{}", uuid::Uuid::now_v7().simple())
}

fn id_of(answer: &Answer) -> Result<String> {
    Ok(answer.json()?["id"].as_str().context("an id")?.to_owned())
}

/// Adds a book, and answers its id. It is at its first version.
pub(crate) async fn added_book(target: &Target) -> Result<String> {
    id_of(&target.admin.post(PATH, &json!({ "title": word() })).await?.expect(201)?)
}

/// Adds a copy of a book of its own, and answers its id. It is at its first version.
pub(crate) async fn added_item(target: &Target) -> Result<String> {
    let path = format!("{PATH}/{}/items", added_book(target).await?);
    id_of(&target.admin.post(&path, &json!({ "barcode": word() })).await?.expect(201)?)
}

async fn changed(who: &Person, path: &str, tag: &str, change: &Value) -> Result<Answer> {
    Answer::to(who.request(Method::PATCH, path).header("if-match", tag).json(change)).await
}

fn tag(answer: &Answer) -> Result<String> {
    Ok(answer.header("etag").context("a tag")?.to_owned())
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|book| book["title"].as_str()).collect()
}

pub(crate) async fn librarians_keep_books_and_their_copies_and_everybody_finds_them(
    target: Target,
) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let title = format!("Os Maias {}", word());
    let fields = json!({
        "title": title,
        "language": "por",
        "year": 1888,
        "contributors": [{ "name": "Eça de Queirós" }],
    });
    let book = librarian.post(PATH, &fields).await?.expect(201)?;
    let path = book.header("location").context("where it is")?.to_owned();
    let shown = reader.get(&path).await?.expect(200)?;
    ensure!(shown.json()? == book.json()?, "{shown}");
    ensure!(shown.header("cache-control") == Some("private, no-cache"), "{shown}");
    let unchanged =
        Answer::to(reader.request(Method::GET, &path).header("if-none-match", &tag(&shown)?)).await?;
    unchanged.expect(304)?;

    let barcode = word();
    let item = librarian.post(&format!("{path}/items"), &json!({ "barcode": barcode })).await?.expect(201)?;
    let item_path = item.header("location").context("where it is")?.to_owned();
    reader.post(&format!("{path}/items"), &json!({ "barcode": word() })).await?.expect_problem(403)?;
    let found = reader.get(&format!("/api/v1/items?barcode={barcode}")).await?.expect(200)?.json()?;
    ensure!(found["items"] == json!([item.json()?]), "{found}");
    let query = format!("{PATH}?q=QUEIROS+{}&available=true", title.rsplit(' ').next().context("a word")?);
    ensure!(titles(&reader.get(&query).await?.expect(200)?.json()?) == [title.as_str()]);
    let by_hand = changed(&librarian, &item_path, &tag(&item)?, &json!({ "status": "on_loan" })).await?;
    ensure!(by_hand.expect_problem(409)?["error_code"] == "ITEM_STATUS");
    changed(&librarian, &item_path, &tag(&item)?, &json!({ "status": "lost" })).await?.expect(200)?;
    ensure!(titles(&reader.get(&query).await?.expect(200)?.json()?).is_empty());
    let counted = reader.get(&path).await?.expect(200)?.json()?;
    ensure!(counted["item_count"] == 1 && counted["available_count"] == 0, "{counted}");

    let kept = Answer::to(librarian.request(Method::DELETE, &path)).await?;
    ensure!(kept.expect_problem(409)?["error_code"] == "BOOK_HAS_ITEMS");
    Ok(())
}

pub(crate) async fn a_genre_that_is_archived_is_given_to_no_more_books(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let genre = librarian.post("/api/v1/genres", &json!({ "name": word() })).await?.expect(201)?;
    let genre_path = genre.header("location").context("where it is")?.to_owned();
    let book = json!({ "title": word(), "genre_id": id_of(&genre)? });
    until("books has heard of the genre", PATIENCE, || async {
        Ok((librarian.post(PATH, &book).await?.status.as_u16() == 201).then_some(()))
    })
    .await?;
    changed(&librarian, &genre_path, &tag(&genre)?, &json!({ "archived": true })).await?.expect(200)?;
    until("books has heard that the genre is archived", PATIENCE, || async {
        Ok((librarian.post(PATH, &book).await?.status.as_u16() == 422).then_some(()))
    })
    .await
}
