//! A course with one place: one learner has it, another waits and is told when it becomes theirs.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

const PATH: &str = "/api/v1/enrollments";

/// A course with one place, of which enrolments have heard.
async fn with_one_place(instructor: &Person) -> Result<String> {
    let fields =
        json!({ "title": "Baking bread", "visibility": "public", "instructor_ids": [instructor.id] });
    let added = instructor.post("/api/v1/courses", &fields).await?.expect(201)?;
    let course = added.header("location").context("where it is")?.to_owned();
    let module =
        instructor.post(&format!("{course}/modules"), &json!({ "title": "Flour" })).await?.expect(201)?;
    let lessons = format!("{}/lessons", module.header("location").context("where it is")?);
    let lesson = json!({ "title": "Rye", "type": "text", "content": { "text_content": "*Rye*" } });
    instructor.post(&lessons, &lesson).await?.expect(201)?;
    Answer::to(instructor.request(Method::POST, &format!("{course}/publish"))).await?.expect(200)?;
    let settings = format!("{course}/enrollment-settings");
    let tag = until("enrolments have heard of the course", PATIENCE, || async {
        let answer = instructor.get(&settings).await?;
        Ok(answer.header("etag").map(str::to_owned))
    })
    .await?;
    let request = instructor.request(Method::PUT, &settings).header("if-match", tag);
    Answer::to(request.json(&json!({ "capacity": 1, "waiting_list": true }))).await?.expect(200)?;
    Ok(course)
}

/// Enrols somebody, once enrolments have heard that the course is published.
async fn enrolled(person: &Person, course: &str) -> Result<String> {
    let body = json!({ "course_id": course.rsplit('/').next().unwrap_or_default() });
    until("the course can be begun", PATIENCE, || async {
        let answer = person.post(PATH, &body).await?;
        let not_yet =
            answer.status == 404 || (answer.status == 409 && answer.to_string().contains("COURSE_NOT_OPEN"));
        if not_yet {
            return Ok(None);
        }
        Ok(answer.expect(201)?.header("location").map(str::to_owned))
    })
    .await
}

async fn reaches(person: &Person, enrollment: &str, status: &str) -> Result<Value> {
    until(status, PATIENCE, || async {
        let shown = person.get(enrollment).await?.expect(200)?.json()?;
        Ok((shown["status"] == status).then_some(shown))
    })
    .await
}

pub(crate) async fn a_place_is_given_to_who_comes_first_and_then_to_who_waits(target: Target) -> Result<()> {
    let instructor = with_role(&target, "instructor").await?;
    let course = with_one_place(&instructor).await?;
    let (ada, bob) = (target.client.newcomer("Ada").await?, target.client.newcomer("Bob").await?);
    let first = enrolled(&ada, &course).await?;
    reaches(&ada, &first, "confirmed").await?;
    let second = enrolled(&bob, &course).await?;
    let waits = reaches(&bob, &second, "waitlisted").await?;
    ensure!(waits["waiting_before"] == 0, "{waits}");
    ada.get(&second).await?.expect_problem(404)?;

    // Who polls is told how far it is, and then of each change.
    let poll = format!("/api/enrollments/{}/poll", second.rsplit('/').next().unwrap_or_default());
    let known = bob.get(&poll).await?.expect(200)?.json()?;
    ensure!(known["type"] == "enrollment.waitlisted" && known["id"].is_number(), "{known}");
    Answer::to(ada.request(Method::DELETE, &first)).await?.expect(204)?;
    let told = bob.get(&format!("{poll}?lastEventId={}", known["id"])).await?.expect(200)?.json()?;
    ensure!(told["enrollment_id"] == known["enrollment_id"], "{told}");
    reaches(&bob, &second, "confirmed").await?;
    let settings = instructor.get(&format!("{course}/enrollment-settings")).await?.expect(200)?.json()?;
    ensure!(settings["taken"] == 1 && settings["waiting"] == 0, "{settings}");
    Ok(())
}
