//! Books as the older library's clients add and read them, through the gateway.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::auth::roles::with_role;
use crate::deployments::Target;

const FORM: &str = "application/x-www-form-urlencoded";

/// An ISBN that no other scenario uses, of a group that nobody has.
fn isbn() -> String {
    let random = uuid::Uuid::new_v4().as_u128() % 10_000_000;
    let twelve = format!("97899{random:07}");
    let sum: u32 = twelve
        .bytes()
        .zip([1, 3].iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{twelve}{}", (10 - sum % 10) % 10)
}

async fn form(
    who: &Person,
    method: Method,
    path: &str,
    version: Option<&str>,
    body: String,
) -> Result<Answer> {
    let request = who.request(method, path).header("content-type", FORM).body(body);
    Answer::to(match version {
        Some(version) => request.header("if-match", version),
        None => request,
    })
    .await
}

pub(crate) async fn older_clients_add_a_book_by_forms_and_readers_find_it(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let word = uuid::Uuid::new_v4().simple().to_string();
    let genre = format!("Genre {word}");
    target.admin.post("/api/v1/genres", &json!({ "name": genre })).await?.expect(201)?;
    let author =
        form(&librarian, Method::POST, "/api/authors", None, format!("name=Ana+{word}&bio=A+life.")).await?;
    let author = author.expect(201)?.json()?;
    let (number, name) = (author["authorNumber"].as_i64().context("a number")?, &author["name"]);

    let (isbn, book) = (isbn(), format!("title=Gatos&genre=Genre+{word}&authors[]={number}"));
    let path = format!("/api/books/{isbn}");
    // As soon as the events of author and genre have come.
    let added = until("the author and the genre are known", PATIENCE, || async {
        let answer = form(&librarian, Method::PUT, &path, None, book.clone()).await?;
        Ok((answer.status.as_u16() != 400).then_some(answer))
    })
    .await?
    .expect(201)?;
    let view = added.json()?;
    ensure!(view["authors"] == json!([name]) && view["genre"] == genre.as_str(), "{view}");
    let twice = form(&librarian, Method::PUT, &path, None, book).await?.expect(400)?;
    ensure!(twice.body.is_empty(), "{twice}");

    let shown = reader.get(&path).await?.expect(200)?;
    ensure!(shown.json()? == view && shown.header("etag") == Some("\"0\""), "{shown}");
    let own = view["_links"]["self"].as_str().context("where it is")?;
    ensure!(own.starts_with("http") && own.ends_with(&path), "{own}");
    form(&librarian, Method::PATCH, &path, Some("0"), "title=Mais+gatos".into()).await?.expect(200)?;
    form(&librarian, Method::PATCH, &path, Some("0"), "title=Outra".into()).await?.expect(409)?;
    form(&reader, Method::PATCH, &path, Some("1"), "title=Outra".into()).await?.expect(403)?;
    let by_author = reader.get(&format!("/api/authors/{number}/books")).await?.expect(200)?.json()?;
    ensure!(by_author["items"][0]["title"] == "Mais gatos", "{by_author}");
    let found = reader.get(&format!("/api/books?genre={word}")).await?.expect(200)?.json()?;
    ensure!(found == by_author, "{found}");
    Ok(())
}
