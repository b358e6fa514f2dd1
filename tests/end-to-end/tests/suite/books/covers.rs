//! Pictures of covers, through the gateway.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;

use crate::auth::roles::with_role;
use crate::books::catalogue::added_book;
use crate::deployments::Target;

/// More than the least that a body is streamed from, and not as large as a cover may be.
const SIZE: usize = 3 << 20;

pub(crate) async fn a_book_has_a_cover_that_everybody_sees(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    let path = format!("/api/v1/books/{}/cover", added_book(&target).await?);
    reader.get(&path).await?.expect_problem(404)?;
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    picture.resize(SIZE, 7);
    let put = |content_type: &'static str, content: Vec<u8>| {
        librarian.request(Method::PUT, &path).header("content-type", content_type).body(content)
    };
    let stored = Answer::to(put("image/png", picture.clone())).await?.expect(201)?;
    let tag = stored.header("etag").context("a tag")?.to_owned();
    let seen = reader.get(&path).await?.expect(200)?;
    ensure!(seen.body == picture, "the picture is as it was");
    ensure!(seen.header("content-type") == Some("image/png"), "{:?}", seen.headers);
    let unchanged = Answer::to(reader.request(Method::GET, &path).header("if-none-match", &tag)).await?;
    unchanged.expect(304)?;
    Answer::to(put("image/jpeg", picture)).await?.expect_problem(422)?;
    Answer::to(librarian.request(Method::DELETE, &path)).await?.expect(204)?;
    reader.get(&path).await?.expect_problem(404)?;
    Ok(())
}
