//! A learner enrols, learns on two devices, completes the course, and anybody verifies the certificate.

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
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

/// A device's clock may be ahead of the host's.
fn in_minutes(minutes: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(minutes)
}

/// A published course of two lessons: its path, and those of its lessons.
async fn published(instructor: &Person) -> Result<(String, [String; 2])> {
    let fields = json!({ "title": "Baking", "visibility": "public", "instructor_ids": [instructor.id] });
    let course = added(instructor, "/api/v1/courses", &fields).await?;
    let module = added(instructor, &format!("{course}/modules"), &json!({ "title": "Flour" })).await?;
    let lesson =
        |title: &str| json!({ "title": title, "type": "text", "content": { "text_content": title } });
    let path = format!("{module}/lessons");
    let lessons =
        [added(instructor, &path, &lesson("Rye")).await?, added(instructor, &path, &lesson("Wheat")).await?];
    Answer::to(instructor.request(Method::POST, &format!("{course}/publish"))).await?.expect(200)?;
    Ok((course, lessons))
}

pub(crate) async fn a_learner_completes_a_course_and_has_a_certificate(target: Target) -> Result<()> {
    let instructor = with_role(&target, "instructor").await?;
    let learner = target.client.newcomer("A learner").await?;
    let (course, [rye, wheat]) = published(&instructor).await?;
    until("enrolments know the course", PATIENCE, || async {
        let answer = learner.post(&format!("{course}/enrollments"), &json!({})).await?;
        Ok((answer.status == 201 || answer.status == 202).then_some(()))
    })
    .await?;
    let own = |path: &str| path.replacen("/api/v1/courses", "/api/v1/progress/users/me/courses", 1);
    until("progress knows who learns what", PATIENCE, || async {
        let answer = learner.get(&own(&rye)).await?;
        Ok((answer.status == 200).then_some(()))
    })
    .await?;

    // The later position counts, although it comes first.
    for (device, position, minute) in [("tablet", 42, 2), ("phone", 7, 1)] {
        let said = json!({
            "percent_complete": 50, "time_spent": 60, "last_position": position, "device_id": device,
            "occurred_at": in_minutes(minute).to_string(),
        });
        Answer::to(learner.request(Method::PUT, &own(&rye)).json(&said)).await?.expect(200)?;
    }
    let shown = learner.get(&own(&rye)).await?.expect(200)?.json()?;
    assert_eq!((&shown["last_position"], &shown["time_spent"]), (&json!(42), &json!(120)));

    let completion = format!("{}/completion", own(&course));
    let open = learner.get(&completion).await?.expect(200)?.json()?;
    assert_eq!(open["open"][0]["criterion"]["type"], "lessons");
    let course_id = last(&course)?;
    let updates: Vec<Value> = [&rye, &wheat]
        .iter()
        .map(|lesson| {
            anyhow::Ok(json!({ "course_id": course_id, "lesson_id": last(lesson)?, "status": "completed" }))
        })
        .collect::<Result<_>>()?;
    for _ in 0..2 {
        let batch = json!({ "updates": updates });
        learner.post("/api/v1/progress/users/me/batches", &batch).await?.expect(200)?;
    }
    let done = learner.get(&own(&course)).await?.expect(200)?.json()?;
    assert_eq!((&done["status"], &done["percent_complete"]), (&json!("completed"), &json!(100.0)));

    let list = learner.get("/api/v1/progress/users/me/certificates").await?.expect(200)?.json()?;
    let items = list["items"].as_array().context("certificates")?;
    ensure!(items.len() == 1, "{list}");
    let certificate =
        format!("/api/v1/progress/certificates/{}", items[0]["code"].as_str().context("a code")?);
    let verified = target.client.get(&certificate).await?.expect(200)?.json()?;
    assert_eq!((&verified["valid"], &verified["course_title"]), (&json!(true), &json!("Baking")));
    target.client.get(&format!("{certificate}/pdf")).await?.expect(200)?;
    let reason = json!({ "reason": "It was a test." });
    instructor.post(&format!("{certificate}/revoke"), &reason).await?.expect(200)?;
    let verified = target.client.get(&certificate).await?.expect(200)?.json()?;
    assert_eq!(verified["valid"], false);
    Ok(())
}
