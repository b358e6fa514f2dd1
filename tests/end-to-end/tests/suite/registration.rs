//! From a registration to everything that follows from it.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::NewPerson;
use lyceum_end_to_end::poll::{PATIENCE, until};
use serde_json::{Value, json};

use crate::deployments::Target;

pub(crate) async fn leads_to_profile_message_and_mail(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let profile = until("the profile is there", PATIENCE, || async {
        let answer = person.get("/api/v1/users/me/profile").await?;
        Ok(answer.status.is_success().then_some(answer))
    })
    .await?;
    assert_eq!(profile.json()?["display_name"], json!(person.display_name));
    let me = person.get("/api/v1/users/me").await?.expect(200)?.json()?;
    assert_eq!(me["user_id"], json!(person.id));
    let inbox = until("the inbox has a message", PATIENCE, || async {
        let inbox = person.get("/api/v1/notifications").await?.expect(200)?.json()?;
        Ok(inbox["items"].as_array().is_some_and(|items| !items.is_empty()).then_some(inbox))
    })
    .await?;
    assert_eq!(inbox["items"].as_array().map(Vec::len), Some(1), "{inbox}");
    assert_eq!(inbox["items"][0]["kind"], json!("welcome"));
    if let Some(inside) = &target.inside {
        let mails = || inside.post.mails_to(&person.credentials.email);
        until("the mail is there", PATIENCE, || async { Ok((mails()? > 0).then_some(())) }).await?;
        assert_eq!(mails()?, 1);
    }
    Ok(())
}

pub(crate) async fn says_where_the_person_is(target: Target) -> Result<()> {
    let person = NewPerson::named("Grace");
    let answer = target.client.register(&person).await?.expect(201)?;
    let body = answer.json()?;
    let id = body["user_id"].as_str().unwrap_or_default().to_owned();
    ensure!(id.len() == 36, "a user id in {answer}");
    assert_eq!(body["email"], json!(person.credentials.email));
    assert_eq!(body["display_name"], json!(person.display_name));
    assert_eq!(answer.header("location"), Some(format!("/api/v1/users/{id}").as_str()));
    ensure!(!answer.body.windows(8).any(|part| part == b"password"), "no password comes back: {answer}");
    Ok(())
}

pub(crate) async fn refuses_a_taken_address(target: Target) -> Result<()> {
    let person = NewPerson::named("Emmy");
    target.client.register(&person).await?.expect(201)?;
    let mut again = NewPerson::named("Somebody else");
    again.credentials.email = person.credentials.email.to_uppercase();
    let problem = target.client.register(&again).await?.expect_problem(409)?;
    assert_eq!(problem["error_code"], json!("EMAIL_TAKEN"));
    Ok(())
}

pub(crate) async fn refuses_weak_passwords(target: Target) -> Result<()> {
    let long = "x".repeat(129);
    for password in ["short", "elevenchars", "password1234", &long] {
        let mut person = NewPerson::named("Kurt");
        person.credentials.password = password.to_owned();
        names(&target.client.register(&person).await?.expect_problem(422)?, "/password")?;
    }
    let mut person = NewPerson::named("Kurt");
    person.credentials.password = person.display_name.clone() + " and more";
    names(&target.client.register(&person).await?.expect_problem(422)?, "/password")?;
    // No composition rules: words are fine.
    "correct horse battery staple and a lamp".clone_into(&mut person.credentials.password);
    target.client.register(&person).await?.expect(201)?;
    Ok(())
}

pub(crate) async fn refuses_what_is_no_address(target: Target) -> Result<()> {
    for email in
        ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\r\nBcc: all@example.org"]
    {
        let mut person = NewPerson::named("Ada");
        person.credentials.email = email.to_owned();
        names(&target.client.register(&person).await?.expect_problem(422)?, "/email")?;
    }
    Ok(())
}

/// The problem says that this field is wrong.
pub(crate) fn names(problem: &Value, pointer: &str) -> Result<()> {
    let details = problem["details"].as_array().cloned().unwrap_or_default();
    ensure!(
        details.iter().any(|detail| detail["pointer"] == json!(pointer)),
        "{pointer} is named by {problem}"
    );
    Ok(())
}
