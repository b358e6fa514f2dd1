//! An instructor writes a course and publishes it; everybody finds it, and a learner reads it.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::roles::with_role;
use crate::deployments::Target;

async fn added(who: &Person, path: &str, body: &Value) -> Result<String> {
    let answer = who.post(path, body).await?.expect(201)?;
    Ok(answer.header("location").context("where it is")?.to_owned())
}

async fn publish(who: &Person, course: &str) -> Result<()> {
    Answer::to(who.request(Method::POST, &format!("{course}/publish"))).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn a_course_is_written_published_and_found(target: Target) -> Result<()> {
    let instructor = with_role(&target, "instructor").await?;
    let learner = target.client.newcomer("A learner").await?;
    // A word that no other course has.
    let word = format!("sourdough{}", Uuid::now_v7().simple());
    let title = format!("Baking {word}");
    let fields = json!({ "title": title, "visibility": "public", "instructor_ids": [instructor.id] });
    let course = added(&instructor, "/api/v1/courses", &fields).await?;
    let module = added(&instructor, &format!("{course}/modules"), &json!({ "title": "Flour" })).await?;
    let text = |text: &str| {
        // Who isn't enrolled reads a preview.
        let content = json!({ "text_content": text });
        json!({ "title": "Rye", "type": "text", "preview": true, "content": content })
    };
    let lesson = added(&instructor, &format!("{module}/lessons"), &text("*Rye*")).await?;
    learner.get(&course).await?.expect_problem(404)?;

    publish(&instructor, &course).await?;
    let found = target.client.get(&format!("/api/v1/courses?q={word}")).await?.expect(200)?.json()?;
    ensure!(found["items"].as_array().is_some_and(|items| items.len() == 1), "{found}");
    assert_eq!(found["items"][0]["title"], title);
    let read = learner.get(&lesson).await?.expect(200)?.json()?;
    assert_eq!(read["content"]["text_html"], "<p><em>Rye</em></p>\n");

    // What is written afterwards is seen when it is published, and the first version stays.
    let tag = instructor.get(&lesson).await?.expect(200)?.header("etag").context("a tag")?.to_owned();
    for status in [200, 412] {
        let request = instructor.request(Method::PUT, &lesson).header("if-match", &tag);
        Answer::to(request.json(&text("*Wheat*"))).await?.expect(status)?;
    }
    let html = async |path: String| {
        let read = learner.get(&path).await?.expect(200)?.json()?;
        anyhow::Ok(read["content"]["text_content"].clone())
    };
    assert_eq!(html(lesson.clone()).await?, "*Rye*");
    publish(&instructor, &course).await?;
    assert_eq!(html(lesson.clone()).await?, "*Wheat*");
    assert_eq!(html(format!("{lesson}?version=1")).await?, "*Rye*");
    Ok(())
}
