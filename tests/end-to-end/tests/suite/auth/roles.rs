//! Roles, which admins give.

use anyhow::{Context, Result};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::auth::sessions::me;
use crate::deployments::Target;

pub(crate) async fn an_admin_gives_roles(target: Target) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let roles = me(&target.client, &librarian.tokens.access).await?.expect(200)?.json()?;
    assert_eq!(roles["roles"], json!(["librarian"]));
    until("the profile has the role too", PATIENCE, || async {
        let answer = librarian.get("/api/v1/users/me").await?;
        Ok((answer.status.is_success() && answer.json()?["roles"] == json!(["librarian"])).then_some(()))
    })
    .await
}

pub(crate) async fn roles_are_checked(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let path = format!("/api/v1/auth/users/{}/roles", person.id);
    person.put(&path, &json!({ "roles": ["admin"] })).await?.expect_problem(403)?;
    give(&target, &person.id, "emperor").await?.expect_problem(422)?;
    // Roles that were read before somebody else changed them are not written over theirs.
    let stale = target.admin.request(Method::PUT, &path).header("if-match", "\"another\"");
    Answer::to(stale.json(&json!({ "roles": ["reader"] }))).await?.expect_problem(412)?;
    let nobody = "/api/v1/auth/users/01990000-0000-7000-8000-000000000000/roles";
    target.admin.get(nobody).await?.expect_problem(404)?;
    Ok(())
}

/// Somebody new who has this role alone and has signed in with it.
pub(crate) async fn with_role(target: &Target, role: &str) -> Result<Person> {
    let person = target.client.newcomer(&format!("A {role}")).await?;
    if role == "student" {
        return Ok(person);
    }
    give(target, &person.id, role).await?.expect(200)?;
    let signed_in = target.client.sign_in(&person.credentials).await.context("sign in with the new role")?;
    Ok(Person { display_name: person.display_name, ..signed_in })
}

/// Gives somebody this role alone.
async fn give(target: &Target, id: &str, role: &str) -> Result<Answer> {
    let path = format!("/api/v1/auth/users/{id}/roles");
    let read = target.admin.get(&path).await?.expect(200)?;
    let tag = read.header("etag").with_context(|| format!("an ETag in {read}"))?;
    let request = target.admin.request(Method::PUT, &path).header("if-match", tag);
    Answer::to(request.json(&json!({ "roles": [role] }))).await
}
