//! Subjects are made by those who teach, and read by everybody.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

const SUBJECTS: &str = "/api/v1/subjects/";

pub(crate) async fn a_subject_is_made_found_and_deleted_after_what_it_comes_before(
    target: Target,
) -> Result<()> {
    let (admin, student) = (&target.admin, target.client.newcomer("A student").await?);
    // A semester that no other round uses.
    let semester = uuid::Uuid::now_v7().as_u128() >> 80;
    let mut subject = json!({ "semester_id": u64::try_from(semester)?, "name": "Databases", "credits": 4 });
    Answer::to(student.request(Method::POST, SUBJECTS).json(&subject)).await?.expect(403)?;
    let first = admin.post(SUBJECTS, &subject).await?.expect(201)?.json()?;
    subject["prerequisites"] = json!([first["id"]]);
    let second = admin.post(SUBJECTS, &subject).await?.expect(201)?.json()?;
    let shown = student.get(&format!("{SUBJECTS}{}", second["id"])).await?.expect(200)?.json()?;
    ensure!(shown == second, "{shown}");
    let list = student.get(&format!("{SUBJECTS}?semester_id={semester}")).await?.expect(200)?.json()?;
    ensure!(list == json!({ "items": [first, second], "total": 2 }), "{list}");
    for (subject, status) in [(&first, 409), (&second, 200), (&first, 200)] {
        let path = format!("{SUBJECTS}{}", subject["id"]);
        Answer::to(admin.request(Method::DELETE, &path)).await?.expect(status)?;
    }
    Ok(())
}
