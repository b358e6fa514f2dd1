//! From a registration to everything that follows from it.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::NewPerson;
use lyceum_end_to_end::poll::{PATIENCE, until};
use serde_json::{Value, json};

use crate::deployments::Target;
use crate::users::profiles::{change, tag, with_profile};

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

/// Names have one form and one rule wherever they come in.
pub(crate) async fn a_name_is_kept_in_one_form(target: Target) -> Result<()> {
    let mut person = NewPerson::named("Emile");
    "  E\u{301}mile \u{a0} Z ".clone_into(&mut person.display_name);
    let answer = target.client.register(&person).await?.expect(201)?;
    assert_eq!(answer.json()?["display_name"], json!("\u{c9}mile Z"));
    let person = with_profile(&target).await?;
    let changed = json!({ "display_name": "  E\u{301}mile  " });
    let changed = change(&person, Some(&tag(&person).await?), &changed).await?.expect(200)?;
    assert_eq!(changed.json()?["display_name"], json!("\u{c9}mile"));
    for name in ["\u{200b}", "\u{202e}gnp.exe", "a\u{2066}b", "\u{3164}", "\u{2028}", " "] {
        let mut person = NewPerson::named("Tess");
        name.clone_into(&mut person.display_name);
        names(&target.client.register(&person).await?.expect_problem(422)?, "/display_name")?;
    }
    for field in ["display_name", "first_name", "last_name", "location"] {
        let body = json!({ field: "\u{202e}gnp.exe" });
        let answer = change(&person, Some(&tag(&person).await?), &body).await?;
        names(&answer.expect_problem(422)?, &format!("/{field}"))?;
    }
    Ok(())
}

/// Of a domain there are two spellings, and one account.
pub(crate) async fn a_domain_is_one_in_either_spelling(target: Target) -> Result<()> {
    let mut person = NewPerson::named("Ida");
    let local = person.credentials.email.split('@').next().unwrap_or_default().to_owned();
    let spelled = ["ex\u{e4}mple.org", "xn--exmple-cua.org", "EXA\u{308}MPLE.ORG"]
        .map(|host| format!("{local}@{host}"));
    person.credentials.email.clone_from(&spelled[0]);
    target.client.register(&person).await?.expect(201)?;
    for email in &spelled {
        person.credentials.email.clone_from(email);
        target.client.register(&person).await?.expect_problem(409)?;
        target.client.login(&person.credentials).await?.expect(200)?;
        let found = until("the person is listed", PATIENCE, || async {
            let path = format!("/api/v1/users?q={email}");
            let list = target.admin.get(&path).await?.expect(200)?.json()?;
            Ok(list["items"].as_array().filter(|items| !items.is_empty()).map(Vec::len))
        });
        assert_eq!(found.await?, 1, "{email}");
    }
    Ok(())
}

/// A password is prepared, then counted, by one rule: who registered with it can sign in.
pub(crate) async fn a_password_that_registers_signs_in(target: Target) -> Result<()> {
    let letters = ["a\u{301}", "e\u{301}", "i\u{301}", "o\u{308}", "u\u{308}", "n\u{303}", "c\u{327}"];
    for count in [12, 90, 127] {
        let mut person = NewPerson::named("Tess");
        person.credentials.password = (0..count).map(|index| letters[index * 5 % 7]).chain(["x"]).collect();
        target.client.register(&person).await?.expect(201).with_context(|| format!("{count} letters"))?;
        target
            .client
            .login(&person.credentials)
            .await?
            .expect(200)
            .with_context(|| format!("{count} letters"))?;
    }
    let mut person = NewPerson::named("Tess");
    person.credentials.password = (0..128).map(|index| letters[index * 5 % 7]).chain(["x"]).collect();
    names(&target.client.register(&person).await?.expect_problem(422)?, "/password")?;
    names(&target.client.login(&person.credentials).await?.expect_problem(422)?, "/password")?;
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
