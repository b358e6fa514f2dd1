//! Rooms are kept by admins, and found by everybody.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

const PATH: &str = "/api/v1/rooms";

pub(crate) async fn admins_keep_what_everybody_finds(target: Target) -> Result<()> {
    let (admin, student) = (&target.admin, target.client.newcomer("A student").await?);
    // A word that no other scenario uses.
    let word = format!("q{}", uuid::Uuid::now_v7().simple());
    let fields = json!({ "name": format!("Blue {word}") });
    student.post(PATH, &fields).await?.expect_problem(403)?;
    let added = admin.post(PATH, &fields).await?.expect(201)?;
    let path = added.header("location").context("where it is")?.to_owned();
    ensure!(student.get(&path).await?.expect(200)?.json()? == added.json()?);
    let found = student.get(&format!("{PATH}?q={word}")).await?.expect(200)?.json()?;
    ensure!(found["items"] == json!([added.json()?]), "{found}");

    let tag = added.header("etag").context("a tag")?.to_owned();
    let change = json!({ "description": "Of the sky." });
    for status in [200, 412] {
        let request = admin.request(Method::PATCH, &path).header("if-match", &tag).json(&change);
        Answer::to(request).await?.expect(status)?;
    }
    Answer::to(admin.request(Method::DELETE, &path)).await?.expect(204)?;
    student.get(&path).await?.expect_problem(404)?;
    Ok(())
}
