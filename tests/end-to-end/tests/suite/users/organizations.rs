//! A school: an organisation with a team and a cohort, which is filled from a file.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::deployments::Target;
use crate::users::profiles::with_profile;

fn id_of(made: &Answer) -> Result<String> {
    Ok(made.json()?["id"].as_str().context("an id")?.to_owned())
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().into_iter().flatten().filter_map(|item| item["user_id"].as_str()).collect()
}

pub(crate) async fn a_school_is_made_filled_and_deleted(target: Target) -> Result<()> {
    let (owner, learner, other) =
        (with_profile(&target).await?, with_profile(&target).await?, with_profile(&target).await?);
    let name = format!("School {}", uuid::Uuid::now_v7().simple());
    let school = owner.post("/api/v1/organizations", &json!({ "name": name })).await?.expect(201)?;
    let path = school.header("location").context("where it is")?.to_owned();
    other.get(&path).await?.expect_problem(404)?;
    let tag = school.header("etag").context("a tag")?.to_owned();
    let change =
        owner.request(Method::PUT, &path).header("if-match", &tag).json(&json!({ "name": "College" }));
    ensure!(Answer::to(change).await?.expect(200)?.json()?["name"] == "College");

    let of = json!({ "organization_id": id_of(&school)?, "name": "First year" });
    let team = id_of(&owner.post("/api/v1/teams", &of).await?.expect(201)?)?;
    let cohort = id_of(&owner.post("/api/v1/cohorts", &of).await?.expect(201)?)?;
    // An administrator's file brings who has an account into the organisation.
    let file = format!("email\n{}\nnobody-at-all@example.org\n", learner.credentials.email);
    let imports = format!("/api/v1/cohorts/{cohort}/imports");
    let import = target.admin.request(Method::POST, &imports).header("content-type", "text/csv").body(file);
    let begun = Answer::to(import).await?.expect(202)?;
    let location = begun.header("location").context("a Location")?.to_owned();
    let job = until("the job has ended", PATIENCE, || async {
        let job = target.admin.get(&location).await?.expect(200)?.json()?;
        Ok((job["state"] != "running").then_some(job))
    })
    .await?;
    ensure!((&job["state"], &job["failed"]) == (&json!("completed"), &json!(1)), "{job}");
    let inside = owner.get(&format!("/api/v1/cohorts/{cohort}/members")).await?.expect(200)?.json()?;
    ensure!(ids(&inside) == [learner.id.as_str()], "{inside}");

    let add = json!({ "user_id": learner.id });
    owner.post(&format!("/api/v1/teams/{team}/members"), &add).await?.expect(201)?;
    let members = learner.get(&format!("{path}/members")).await?.expect(200)?;
    ensure!(ids(&members.json()?).len() == 2, "{members}");
    ensure!(!String::from_utf8_lossy(&members.body).contains('@'), "an address: {members}");
    Answer::to(learner.request(Method::DELETE, &format!("{path}/members/me"))).await?.expect(204)?;
    learner.get(&path).await?.expect_problem(404)?;
    let inside = owner.get(&format!("/api/v1/teams/{team}/members")).await?.expect(200)?.json()?;
    ensure!(ids(&inside).is_empty(), "{inside}");

    Answer::to(owner.request(Method::DELETE, &path)).await?.expect_problem(403)?;
    Answer::to(target.admin.request(Method::DELETE, &path)).await?.expect(204)?;
    owner.get(&path).await?.expect_problem(404)?;
    target.admin.get(&format!("/api/v1/teams/{team}")).await?.expect_problem(404)?;
    Ok(())
}
