//! Authors: their names and photos, through the gateway.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

const PATH: &str = "/api/v1/authors";
/// As much of a PNG as is looked at.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest of it";

/// A name that no other scenario uses.
fn name(what: &str) -> String {
    format!("{what} {}", uuid::Uuid::now_v7().simple())
}

/// Adds an author, and answers their path.
pub(crate) async fn added(target: &Target) -> Result<String> {
    let author = target.admin.post(PATH, &json!({ "name": name("Virginia") })).await?.expect(201)?;
    Ok(author.header("location").context("where they are")?.to_owned())
}

async fn changed(who: &Person, path: &str, tag: &str, change: &Value) -> Result<Answer> {
    Answer::to(who.request(Method::PATCH, path).header("if-match", tag).json(change)).await
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|author| author["name"].as_str()).collect()
}

pub(crate) async fn librarians_describe_an_author_whom_everybody_finds(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let (called, variant) = (name("Virginia"), name("Stephen"));
    let fields = json!({ "name": called, "variants": [variant], "birth_year": 1882 });
    reader.post(PATH, &fields).await?.expect_problem(403)?;
    let added = librarian.post(PATH, &fields).await?.expect(201)?;
    let path = added.header("location").context("where they are")?.to_owned();
    let tag = added.header("etag").context("a tag")?.to_owned();
    ensure!(reader.get(&path).await?.expect(200)?.json()? == added.json()?);
    let word = variant.rsplit(' ').next().context("a word")?;
    let found =
        reader.get(&format!("{PATH}?q=steph+{word}&birth_year_to=1882")).await?.expect(200)?.json()?;
    ensure!(names(&found) == [called.as_str()], "{found}");

    let wrong = json!({ "identifiers": { "isni": "0000000121032684" } });
    changed(&librarian, &path, &tag, &wrong).await?.expect_problem(422)?;
    let died = changed(&librarian, &path, &tag, &json!({ "death_year": 1941 })).await?.expect(200)?;
    ensure!(died.json()?["death_year"] == 1941, "{died}");
    changed(&librarian, &path, &tag, &json!({ "death_year": null })).await?.expect_problem(412)?;
    Ok(())
}

pub(crate) async fn an_authors_photo_is_read_as_it_was_given(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let path = format!("{}/photo", added(&target).await?);
    reader.get(&path).await?.expect_problem(404)?;
    let put =
        |kind: &'static str| librarian.request(Method::PUT, &path).header("content-type", kind).body(PNG);
    Answer::to(put("image/jpeg")).await?.expect_problem(422)?;
    Answer::to(put("image/png")).await?.expect(201)?;
    let read = reader.get(&path).await?.expect(200)?;
    ensure!(read.body == PNG && read.header("content-type") == Some("image/png"), "{read}");
    Answer::to(librarian.request(Method::DELETE, &path)).await?.expect(204)?;
    reader.get(&path).await?.expect_problem(404)?;
    Ok(())
}
