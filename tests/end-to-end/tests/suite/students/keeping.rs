//! Staff write entries about a student, who sees what is visible to them.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

pub(crate) async fn staff_write_what_students_see(target: Target) -> Result<()> {
    let (admin, student) = (&target.admin, target.client.newcomer("A student").await?);
    let entries = format!("/api/v1/students/{}/entries", student.id);
    let comment =
        |visible: bool| json!({ "kind": "comment", "text": "Well done.", "visible_to_student": visible });
    student.post(&entries, &comment(true)).await?.expect_problem(403)?;
    let hidden = admin.post(&entries, &comment(false)).await?.expect(201)?;
    let shown = admin.post(&entries, &comment(true)).await?.expect(201)?;
    let list = student.get("/api/v1/students/me/entries").await?.expect(200)?.json()?;
    ensure!(list["items"] == json!([shown.json()?]), "{list}");
    student.get(hidden.header("location").context("where it is")?).await?.expect_problem(404)?;

    let path = shown.header("location").context("where it is")?.to_owned();
    let tag = shown.header("etag").context("a tag")?.to_owned();
    for status in [200, 412] {
        let change = json!({ "text": "Very well done." });
        let request = admin.request(Method::PATCH, &path).header("if-match", &tag).json(&change);
        Answer::to(request).await?.expect(status)?;
    }
    Answer::to(admin.request(Method::DELETE, &path)).await?.expect(204)?;
    student.get(&path).await?.expect_problem(404)?;
    Ok(())
}
