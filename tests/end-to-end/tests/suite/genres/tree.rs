//! Genres: a tree that librarians keep, and its older face.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

const PATH: &str = "/api/v1/genres";

/// A name that no other scenario uses.
fn name(what: &str) -> String {
    format!("{what} {}", uuid::Uuid::now_v7().simple())
}

/// Adds a genre, and answers its id.
pub(crate) async fn added(target: &Target) -> Result<String> {
    let genre = target.admin.post(PATH, &json!({ "name": name("Drama") })).await?.expect(201)?.json()?;
    Ok(genre["id"].as_str().context("an id")?.to_owned())
}

async fn changed(who: &Person, path: &str, tag: &str, change: &Value) -> Result<Answer> {
    Answer::to(who.request(Method::PATCH, path).header("if-match", tag).json(change)).await
}

async fn deleted(who: &Person, path: &str) -> Result<Answer> {
    Answer::to(who.request(Method::DELETE, path)).await
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|genre| genre["name"].as_str()).collect()
}

pub(crate) async fn librarians_keep_a_tree_that_everybody_reads(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let fiction = librarian.post(PATH, &json!({ "name": name("Fiction") })).await?.expect(201)?;
    let top = fiction.json()?;
    let below = json!({ "name": name("Drama"), "parent_id": top["id"] });
    let drama = librarian.post(PATH, &below).await?.expect(201)?;
    let path = drama.header("location").context("where it is")?.to_owned();
    let tag = drama.header("etag").context("a tag")?.to_owned();
    ensure!(reader.get(&path).await?.expect(200)?.json()? == drama.json()?);
    let query = format!("{PATH}?parent_id={}", top["id"].as_str().context("an id")?);
    ensure!(
        names(&reader.get(&query).await?.expect(200)?.json()?)
            == [below["name"].as_str().context("a name")?]
    );

    changed(&reader, &path, &tag, &json!({ "archived": true })).await?.expect_problem(403)?;
    deleted(&librarian, &path).await?.expect_problem(409)?;
    let archived = changed(&librarian, &path, &tag, &json!({ "archived": true })).await?.expect(200)?;
    ensure!(archived.json()?["archived"] == true, "{archived}");
    changed(&librarian, &path, &tag, &json!({ "archived": false })).await?.expect_problem(412)?;
    let unchanged = Answer::to(
        reader.request(Method::GET, &path).header("if-none-match", archived.header("etag").context("a tag")?),
    )
    .await?;
    unchanged.expect(304)?;
    deleted(&librarian, &path).await?.expect(204)?;
    reader.get(&path).await?.expect_problem(404)?;
    Ok(())
}

pub(crate) async fn genres_are_found_by_words_and_paged(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let word = format!("q{}", uuid::Uuid::now_v7().simple());
    for number in [2, 1, 3] {
        let genre = json!({ "name": format!("Ébène {number} {word}") });
        librarian.post(PATH, &genre).await?.expect(201)?;
    }
    let (mut path, mut pages) = (format!("{PATH}?q=EBENE+{word}&limit=2"), Vec::new());
    loop {
        let answer = librarian.get(&path).await?.expect(200)?;
        let page = answer.json()?;
        pages.push(names(&page).iter().map(|name| name.chars().nth(6).unwrap_or('?')).collect::<String>());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        ensure!(answer.header("link").is_some_and(|link| link.contains(cursor)), "{answer}");
        path = format!("{PATH}?q=EBENE+{word}&limit=2&cursor={cursor}");
        ensure!(pages.len() < 5, "pages without end");
    }
    assert_eq!(pages, ["12", "3"]);
    let inside = librarian.get(&format!("{PATH}?contains=3%20{word}")).await?.expect(200)?.json()?;
    ensure!(names(&inside).len() == 1, "{inside}");
    Ok(())
}

pub(crate) async fn an_older_client_searches_genres_by_its_own_paths(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let genre = name("Infantil");
    librarian.post(PATH, &json!({ "name": genre })).await?.expect(201)?;
    let search = "/api/genres/search";
    let asked = json!({ "page": { "number": 1, "limit": 5 }, "query": { "name": genre.to_lowercase() } });
    let found = librarian.post(search, &asked).await?.expect(200)?.json()?;
    ensure!(found == json!({ "items": [{ "genre": genre }] }), "{found}");
    let refused = librarian.post(search, &json!({ "page": { "number": 0 } })).await?.expect(400)?.json()?;
    ensure!(refused["message"] == "Bad Request" && refused["details"].is_array(), "{refused}");
    // The path inside is nobody's outside.
    librarian.post("/legacy/genres/search", &asked).await?.expect_problem(404)?;
    Ok(())
}
