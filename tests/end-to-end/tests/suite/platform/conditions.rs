//! Conditional requests (RFC 9110, 13): a condition that is stated is kept, on every route and before anything else.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use lyceum_end_to_end::client::{Answer, Person};
use reqwest::Method;
use serde_json::json;

use crate::authors::names;
use crate::books::catalogue::{added_book, added_item};
use crate::deployments::Target;
use crate::files::content::{announce, uploaded};
use crate::genres::tree::added;
use crate::users::profiles::with_profile;

const STALE: &str = "\"stale\"";

async fn tag(person: &Person, path: &str) -> Result<String> {
    let answer = person.get(path).await?.expect(200)?;
    answer.header("etag").map(str::to_owned).with_context(|| format!("an ETag in {answer}"))
}

async fn answer(person: &Person, method: &Method, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    let request = person.request(method.clone(), path);
    Answer::to(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

pub(crate) async fn what_is_read_is_held_against_them_before_a_range(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let id = uploaded(&person, "a.txt", &Bytes::from_static(b"0123456789")).await?;
    let content = format!("/api/v1/files/{id}/content");
    let link = person.get(&format!("/api/v1/files/{id}/url")).await?.expect(200)?.json()?;
    let link = link["url"].as_str().context("a link")?;
    let file = format!("/api/v1/files/{id}");
    for path in ["/api/v1/users/me", "/api/v1/users/me/profile", "/api/v1/auth/me", &file, &content, link] {
        let tag = tag(&person, path).await?;
        let whole = if path == content || path == link { 206 } else { 200 };
        for (headers, expected) in [
            (vec![("if-match", &*tag)], 200),
            (vec![("if-match", "*")], 200),
            (vec![("if-match", STALE)], 412),
            (vec![("if-none-match", &*tag)], 304),
            (vec![("if-none-match", STALE)], 200),
            (vec![("if-match", STALE), ("if-none-match", &*tag)], 412),
            (vec![("range", "bytes=2-4")], whole),
            (vec![("range", "bytes=2-4"), ("if-range", STALE)], 200),
            (vec![("range", "bytes=2-4"), ("if-none-match", &*tag)], 304),
            (vec![("range", "bytes=2-4"), ("if-match", STALE)], 412),
            // Not even a range that can't be had is looked at before.
            (vec![("range", "bytes=99-"), ("if-none-match", &*tag)], 304),
            (vec![("range", "bytes=99-"), ("if-match", STALE)], 412),
        ] {
            for method in [Method::GET, Method::HEAD] {
                // A HEAD knows no ranges.
                let expected = if method == Method::HEAD && expected == 206 { 200 } else { expected };
                let answer = answer(&person, &method, path, &headers).await?;
                ensure!(answer.status.as_u16() == expected, "{method} {path} {headers:?}: {answer}");
                ensure!(answer.status.as_u16() != 304 || answer.body.is_empty(), "{answer}");
            }
        }
    }
    Ok(())
}

pub(crate) async fn a_change_meant_for_another_state_is_refused(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let file = format!("/api/v1/files/{}", uploaded(&person, "a.txt", &Bytes::from_static(b"abc")).await?);
    let open = format!("/api/v1/files/{}", announce(&person, "b.txt", 3).await?);
    let (status, roles) =
        (format!("/api/v1/users/{}/status", person.id), format!("/api/v1/auth/users/{}/roles", person.id));
    let genre = format!("/api/v1/genres/{}", added(&target).await?);
    let author = names::added(&target).await?;
    let book = format!("/api/v1/books/{}", added_book(&target).await?);
    let item = format!("/api/v1/items/{}", added_item(&target).await?);
    for (who, method, path, body) in [
        (&target.admin, Method::DELETE, format!("{author}/photo"), None),
        (&target.admin, Method::DELETE, author.clone(), None),
        (&target.admin, Method::PATCH, author, Some(json!({ "birth_year": 1882 }))),
        (&target.admin, Method::PATCH, genre.clone(), Some(json!({ "archived": true }))),
        (&target.admin, Method::DELETE, genre, None),
        (&target.admin, Method::DELETE, format!("{book}/cover"), None),
        (&target.admin, Method::PATCH, book.clone(), Some(json!({ "title": "A" }))),
        (&target.admin, Method::DELETE, book, None),
        (&target.admin, Method::PATCH, item.clone(), Some(json!({ "status": "lost" }))),
        (&target.admin, Method::DELETE, item, None),
        (&person, Method::DELETE, file.clone(), None),
        (&person, Method::PUT, format!("{open}/content"), None),
        (&person, Method::POST, format!("{open}/complete"), None),
        (&person, Method::PATCH, "/api/v1/users/me/profile".to_owned(), Some(json!({ "bio": "x" }))),
        (&target.admin, Method::PUT, status, Some(json!({ "status": "inactive" }))),
        (&target.admin, Method::PUT, roles, Some(json!({ "roles": ["instructor"] }))),
        // These have no tag, so there is no state of that name.
        (&person, Method::PUT, "/api/v1/notifications/read-all".to_owned(), None),
        (
            &person,
            Method::POST,
            "/api/v1/files".to_owned(),
            Some(json!({ "original_filename": "c.txt", "file_size": 1 })),
        ),
        (&person, Method::POST, "/api/v1/auth/logout".to_owned(), None),
    ] {
        let mut request = who.request(method.clone(), &path).header("if-match", STALE);
        if let Some(body) = body {
            request = request.json(&body);
        } else if path.ends_with("/content") {
            request = request.body("abc");
        }
        let answer = Answer::to(request).await?;
        answer.expect_problem(412).with_context(|| format!("{method} {path}"))?;
    }
    // Nothing of it happened.
    person.get(&file).await?.expect(200)?;
    let files = person.get("/api/v1/files").await?.expect(200)?.json()?;
    ensure!(files["items"].as_array().is_some_and(|files| files.len() == 2), "{files}");
    ensure!(person.get(&open).await?.json()?["status"] == "uploading");
    // And with the present state it does.
    let tag = tag(&person, &file).await?;
    answer(&person, &Method::DELETE, &file, &[("if-match", &tag)]).await?.expect(204)?;
    Ok(())
}

pub(crate) async fn content_is_stored_only_where_none_is_if_that_is_meant(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let path = format!("/api/v1/files/{}/content", announce(&person, "a.txt", 3).await?);
    let put = || Answer::to(person.request(Method::PUT, &path).header("if-none-match", "*").body("abc"));
    put().await?.expect(200)?;
    put().await?.expect_problem(412)?;
    Ok(())
}
