//! Somebody becomes a reader and gets an account by one request.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::{
    client::NewPerson,
    poll::{PATIENCE, until},
};
use serde_json::json;

use crate::auth::roles::with_role;
use crate::deployments::Target;

pub(crate) async fn a_reader_gets_an_account_and_signs_in_to_it(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let newcomer = NewPerson::named("Ada Lovelace");
    let fields = json!({
        "account": { "password": newcomer.credentials.password }, "full_name": "Ada Lovelace",
        "email": newcomer.credentials.email, "birth_date": "2000-01-31", "gdpr_consent": true,
    });
    let answer = librarian.post("/api/v1/readers", &fields).await?.expect(202)?;
    let saga = answer.header("location").context("where the saga is")?.to_owned();
    ensure!(saga.starts_with("/api/v1/sagas/readers-"), "{saga}");
    let ended = until("account and record are there", PATIENCE, || async {
        let saga = librarian.get(&saga).await?.expect(200)?.json()?;
        Ok((saga["state"] == "completed").then_some(saga))
    })
    .await?;
    let id = ended["subject"].as_str().context("the reader's id")?;
    let reader = target.client.sign_in(&newcomer.credentials).await?;
    let record = reader.get("/api/v1/readers/me").await?.expect(200)?.json()?;
    ensure!(record["id"] == id && record["user_id"] == reader.id.as_str(), "{record}");
    // Others have heard of the account as of any.
    until("there is a profile", PATIENCE, || async {
        let profile = reader.get("/api/v1/users/me").await?;
        Ok((profile.status == 200).then_some(()))
    })
    .await?;
    librarian.post("/api/v1/readers", &fields).await?.expect_problem(409)?;
    Ok(())
}
