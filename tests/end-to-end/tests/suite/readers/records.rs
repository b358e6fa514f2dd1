//! Readers' records: librarians keep them, and each reader sees their own.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::{
    client::{Answer, Person},
    poll::{PATIENCE, until},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::roles::with_role;
use crate::deployments::Target;

const PATH: &str = "/api/v1/readers";

/// What a librarian says of this person.
fn fields(person: &Person) -> Value {
    json!({
        "user_id": person.id, "full_name": "Ada", "email": person.credentials.email,
        "birth_date": "2000-01-31", "gdpr_consent": true,
    })
}

/// Adds a reader's record for this person as soon as their account is known, and gives the answer.
async fn recorded(librarian: &Person, person: &Person) -> Result<Answer> {
    until("the account is known to readers", PATIENCE, || async {
        let answer = librarian.post(PATH, &fields(person)).await?;
        if answer.status == 422 {
            return Ok(None);
        }
        answer.expect(201).map(Some)
    })
    .await
}

/// Adds a reader, and answers their path.
pub(crate) async fn added(target: &Target) -> Result<String> {
    let person = target.client.newcomer("A reader").await?;
    let record = recorded(&target.admin, &person).await?;
    Ok(record.header("location").context("where they are")?.to_owned())
}

pub(crate) async fn librarians_keep_records_of_which_a_reader_sees_their_own(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let (reader, other) = (with_role(&target, "reader").await?, with_role(&target, "reader").await?);
    reader.post(PATH, &fields(&reader)).await?.expect_problem(403)?;
    let record = recorded(&librarian, &reader).await?;
    let path = record.header("location").context("where they are")?.to_owned();
    let me = format!("{PATH}/me");
    for (who, path) in [(&librarian, &path), (&reader, &path), (&reader, &me)] {
        ensure!(who.get(path).await?.expect(200)?.json()? == record.json()?, "{path}");
    }
    for path in [&path, &me] {
        other.get(path).await?.expect_problem(404)?;
    }
    let tag = record.header("etag").context("a tag")?.to_owned();
    let change = json!({ "phone_number": "912345678" });
    for status in [200, 412] {
        let request = reader.request(Method::PATCH, &me).header("if-match", &tag).json(&change);
        Answer::to(request).await?.expect(status)?;
    }
    Answer::to(librarian.request(Method::DELETE, &path)).await?.expect(204)?;
    reader.get(&me).await?.expect_problem(404)?;
    Ok(())
}
