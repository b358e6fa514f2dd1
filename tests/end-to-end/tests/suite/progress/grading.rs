//! A learner is tested, hands work in, and is graded.

use anyhow::{Context, Result};
use lyceum_end_to_end::{
    client::{Answer, Person},
    poll::{PATIENCE, until},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

async fn added(who: &Person, path: &str, body: &Value) -> Result<String> {
    let answer = who.post(path, body).await?.expect(201)?;
    Ok(answer.header("location").context("where it is")?.to_owned())
}

fn last(path: &str) -> Result<&str> {
    path.rsplit('/').next().context("an id")
}

/// A published course with a quiz and an assignment: its path and their ids.
async fn published(instructor: &Person) -> Result<(String, String, String)> {
    let fields = json!({ "title": "Bread", "visibility": "public", "instructor_ids": [instructor.id] });
    let course = added(instructor, "/api/v1/courses", &fields).await?;
    let module = added(instructor, &format!("{course}/modules"), &json!({ "title": "Flour" })).await?;
    let options = json!([{ "id": "rye", "text": "Rye" }, { "id": "wheat", "text": "Wheat" }]);
    let questions = json!([
        { "type": "single-choice", "text": "Which has more gluten?", "points": "1", "options": options, "correct": ["wheat"] },
        { "type": "numeric", "text": "Hydration?", "points": "2", "correct": "0.75", "tolerance": "0.05" },
        { "type": "essay", "text": "Why?", "points": "1" },
    ]);
    let quiz = json!({
        "title": "A quiz", "type": "quiz",
        "content": { "quiz": { "passing_score": 50, "attempts_allowed": 1, "time_limit": 600, "questions": questions } },
    });
    let work = json!({
        "title": "Bake", "type": "assignment",
        "content": { "assignment": { "instructions": "Bake it.", "submission_types": ["text"], "points_possible": "10" } },
    });
    let path = format!("{module}/lessons");
    let (quiz, work) = (added(instructor, &path, &quiz).await?, added(instructor, &path, &work).await?);
    Answer::to(instructor.request(Method::POST, &format!("{course}/publish"))).await?.expect(200)?;
    Ok((course, last(&quiz)?.to_owned(), last(&work)?.to_owned()))
}

pub(crate) async fn a_learner_is_tested_hands_work_in_and_is_graded(target: Target) -> Result<()> {
    let instructor = with_role(&target, "instructor").await?;
    let learner = target.client.newcomer("A learner").await?;
    let (course, quiz, work) = published(&instructor).await?;
    until("enrolments know the course", PATIENCE, || async {
        let answer = learner.post(&format!("{course}/enrollments"), &json!({})).await?;
        Ok((answer.status == 201 || answer.status == 202).then_some(()))
    })
    .await?;
    let attempts = format!("/api/v1/progress/users/{}/quizzes/{quiz}/attempts", learner.id);
    let attempt = until("progress knows who learns what", PATIENCE, || async {
        let answer = learner.post(&attempts, &json!({})).await?;
        Ok(answer.header("location").filter(|_| answer.status == 201).map(str::to_owned))
    })
    .await?;
    let begun = learner.get(&attempt).await?.expect(200)?;
    let asked = begun.json()?["questions"].clone();
    let option = asked[0]["options"].as_array().context("options")?.iter().find(|one| one["text"] == "Wheat");
    let answers = json!({ "answers": [
        { "question_id": asked[0]["id"], "selected_options": [option.context("wheat")?["id"]] },
        { "question_id": asked[1]["id"], "text_response": "0.8" },
        { "question_id": asked[2]["id"], "text_response": "It holds the gas." },
    ] });
    let tag = begun.header("etag").context("a tag")?.to_owned();
    let saving = learner.request(Method::PUT, &attempt).header("If-Match", tag).json(&answers);
    Answer::to(saving).await?.expect(200)?;
    let waiting = learner.post(&format!("{attempt}/submit"), &json!({})).await?.expect(200)?.json()?;
    assert_eq!((&waiting["status"], &waiting["awaiting"]), (&json!("completed"), &json!(1)));
    let essay = asked[2]["id"].as_str().context("an id")?;
    let mark = instructor.request(Method::PUT, &format!("{attempt}/responses/{essay}"));
    let marked = Answer::to(mark.json(&json!({ "points": "0.5" }))).await?.expect(200)?.json()?;
    assert_eq!((&marked["score"], &marked["passed"]), (&json!("87.50"), &json!(true)));

    let submissions = format!("/api/v1/progress/users/{}/assignments/{work}/submissions", learner.id);
    let content = json!({ "submission_type": "text", "text_content": "It rose.", "submit": true });
    let submission = added(&learner, &submissions, &content).await?;
    let grade = instructor.request(Method::PUT, &format!("{submission}/grade"));
    Answer::to(grade.json(&json!({ "points": 7 }))).await?.expect(200)?;

    let course_id = last(&course)?;
    let own = format!("/api/v1/progress/users/me/courses/{course_id}/grades");
    let grades = learner.get(&own).await?.expect(200)?.json()?;
    // 3.5 of 4 and 7 of 10.
    assert_eq!(grades["total"]["percent"], "75.00");
    let learners = format!("/api/v1/progress/courses/{course_id}/gradebook/learners");
    let list = instructor.get(&learners).await?.expect(200)?.json()?;
    assert_eq!(list["items"][0]["total"]["percent"], "75.00");
    let done =
        learner.get(&format!("/api/v1/progress/users/me/courses/{course_id}")).await?.expect(200)?.json()?;
    assert_eq!(done["status"], "completed");
    Ok(())
}
