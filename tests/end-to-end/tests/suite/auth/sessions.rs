//! Signing in and out.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use lyceum_end_to_end::client::{Answer, Client, Credentials, NewPerson, Tokens};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

pub(crate) async fn a_token_says_who_one_is(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let answer = target.client.login(&person.credentials).await?.expect(200)?;
    let body = answer.json()?;
    assert_eq!(body["token_type"], json!("Bearer"));
    assert_eq!(body["expires_in"], json!(900));
    let tokens = Tokens::from_answer(&answer)?;
    let me = me(&target.client, &tokens.access).await?.expect(200)?.json()?;
    assert_eq!(me["email"], json!(person.credentials.email));
    assert_eq!(me["roles"], json!(["student"]));
    Ok(())
}

pub(crate) async fn a_wrong_password_and_an_unknown_address_look_alike(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let wrong = Credentials { password: "not the right phrase".to_owned(), ..person.credentials };
    let unknown = NewPerson::named("Nobody").credentials;
    let first = target.client.login(&wrong).await?.expect_problem(401)?;
    let second = target.client.login(&unknown).await?.expect_problem(401)?;
    for member in ["type", "title", "detail", "error_code", "error_message", "details"] {
        assert_eq!(first[member], second[member], "{member}");
    }
    Ok(())
}

pub(crate) async fn failures_make_the_next_attempt_wait(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let wrong = Credentials { password: "not the right phrase".to_owned(), ..person.credentials.clone() };
    for credentials in [wrong, NewPerson::named("Nobody").credentials] {
        let mut refused = None;
        for _ in 0..12 {
            let answer = target.client.login(&credentials).await?;
            if answer.status.as_u16() == 429 {
                answer.problem()?;
                refused = Some(answer);
                break;
            }
            answer.expect_problem(401)?;
        }
        let refused = refused.with_context(|| format!("{} may guess for ever", credentials.email))?;
        let wait: u64 = refused.header("retry-after").context("Retry-After")?.parse()?;
        ensure!((1..=900).contains(&wait), "{wait} s");
    }
    // The right password has to wait too, and is then taken.
    target.client.login(&person.credentials).await?.expect_problem(429)?;
    until("the right password is taken", Duration::from_mins(1), || async {
        let answer = target.client.login(&person.credentials).await?;
        Ok((answer.status.as_u16() == 200).then_some(()))
    })
    .await
}

/// Guessing in parallel gains nothing: of many guesses at once only the first few are judged.
pub(crate) async fn guesses_at_once_count_one_after_another(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let wrong = Credentials { password: "not the right phrase".to_owned(), ..person.credentials };
    let guesses = futures::future::try_join_all((0..12).map(|_| target.client.login(&wrong))).await?;
    let with = |status: u16| guesses.iter().filter(|answer| answer.status.as_u16() == status).count();
    ensure!((1..=3).contains(&with(401)), "{} guesses were judged", with(401));
    ensure!(with(401) + with(429) == guesses.len(), "neither judged nor refused: {guesses:?}");
    Ok(())
}

pub(crate) async fn signing_in_on_several_devices_at_once_works(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let devices = (0..6).map(|_| target.client.login(&person.credentials));
    for answer in futures::future::try_join_all(devices).await? {
        let tokens = Tokens::from_answer(&answer.expect(200)?)?;
        me(&target.client, &tokens.access).await?.expect(200)?;
        refresh(&target.client, &tokens.refresh).await?.expect(200)?;
    }
    Ok(())
}

pub(crate) async fn refreshing_rotates_and_reuse_ends_the_family(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let first = refresh(&target.client, &person.tokens.refresh).await?.expect(200)?;
    let second = Tokens::from_answer(&first)?;
    ensure!(second.refresh != person.tokens.refresh, "a refresh token is used once");
    me(&target.client, &second.access).await?.expect(200)?;
    // At first it is another window of the same client that shows the old one; later somebody has stolen it.
    until("the grace of the old token is over", PATIENCE, || async {
        let again = refresh(&target.client, &person.tokens.refresh).await?;
        if again.status.as_u16() == 200 {
            ensure!(again.body == first.body, "the same tokens: {again}");
            return Ok(None);
        }
        again.expect_problem(401).map(Some)
    })
    .await?;
    refresh(&target.client, &second.refresh).await?.expect_problem(401)?;
    is_refused_soon(&target.client, &second.access).await
}

pub(crate) async fn windows_that_refresh_at_once_go_on_together(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let mut token = person.tokens.refresh;
    for _ in 0..3 {
        let windows = (0..6).map(|_| refresh(&target.client, &token));
        let answers = futures::future::try_join_all(windows).await?;
        let first = answers.first().context("answers")?.clone().expect(200)?;
        for answer in answers {
            ensure!(answer.expect(200)?.body == first.body, "one successor for all");
        }
        let tokens = Tokens::from_answer(&first)?;
        me(&target.client, &tokens.access).await?.expect(200)?;
        ensure!(tokens.refresh != token, "a new one");
        token = tokens.refresh;
    }
    Ok(())
}

/// A request whose answer was lost is repeated with its key, also after the grace, and nobody else's key will do.
pub(crate) async fn a_refresh_is_repeated_with_its_key(target: Target) -> Result<()> {
    let other = target.client.newcomer("Ada").await?.tokens.refresh;
    let person = target.client.newcomer("Ada").await?;
    let with_key = async |token: &str, key: &str| {
        let request =
            target.client.request(Method::POST, "/api/v1/auth/refresh").header("idempotency-key", key);
        Answer::to(request.json(&json!({ "refresh_token": token }))).await
    };
    let first = with_key(&person.tokens.refresh, "lost").await?.expect(200)?;
    refresh(&target.client, &other).await?.expect(200)?;
    until("the grace of a token that was exchanged later is over", PATIENCE, || async {
        Ok((refresh(&target.client, &other).await?.status.as_u16() == 401).then_some(()))
    })
    .await?;
    let again = with_key(&person.tokens.refresh, "lost").await?.expect(200)?;
    ensure!(again.body == first.body, "the first answer: {again}");
    let second = Tokens::from_answer(&first)?;
    refresh(&target.client, &second.refresh).await?.expect(200)?;
    with_key(&person.tokens.refresh, "another").await?.expect_problem(401)?;
    is_refused_soon(&target.client, &second.access).await
}

pub(crate) async fn a_sign_in_is_repeated_with_its_key(target: Target) -> Result<()> {
    let person = NewPerson::named("Ada");
    target.client.register(&person).await?.expect(201)?;
    let with_key = async |credentials: &Credentials, key: &str| {
        let body = json!({ "email": credentials.email, "password": credentials.password });
        let request =
            target.client.request(Method::POST, "/api/v1/auth/login").header("idempotency-key", key);
        Answer::to(request.json(&body)).await
    };
    let duplicates = (0..4).map(|_| with_key(&person.credentials, "lost"));
    let answers = futures::future::try_join_all(duplicates).await?;
    let first = answers.first().context("answers")?.clone().expect(200)?;
    for answer in answers {
        ensure!(answer.expect(200)?.body == first.body, "one session for one request");
    }
    let wrong = Credentials { password: "not the right phrase".to_owned(), ..person.credentials.clone() };
    with_key(&wrong, "lost").await?.expect_problem(401)?;
    let tokens = Tokens::from_answer(&first)?;
    let other = Tokens::from_answer(&with_key(&person.credentials, "another").await?.expect(200)?)?;
    ensure!(other.refresh != tokens.refresh, "another key is another sign-in");
    let list = target.client.request(Method::GET, "/api/v1/auth/sessions").bearer_auth(&other.access);
    let list = Answer::to(list).await?.expect(200)?.json()?;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "{list}");
    assert_eq!(list["items"][0]["current"], json!(true), "newest first: {list}");
    refresh(&target.client, &tokens.refresh).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn signing_out_ends_the_session(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let other = target.client.sign_in(&person.credentials).await?;
    let answer = Answer::to(person.request(Method::POST, "/api/v1/auth/logout")).await?;
    ensure!(answer.status.is_success(), "{answer}");
    refresh(&target.client, &person.tokens.refresh).await?.expect_problem(401)?;
    is_refused_soon(&target.client, &person.tokens.access).await?;
    // The other session goes on.
    me(&target.client, &other.tokens.access).await?.expect(200)?;
    Ok(())
}

pub(crate) async fn suspension_ends_sessions(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    set_status(&target, &person.id, "suspended").await?;
    is_refused_soon(&target.client, &person.tokens.access).await?;
    refresh(&target.client, &person.tokens.refresh).await?.expect_problem(401)?;
    let refused = target.client.login(&person.credentials).await?;
    ensure!([401, 403].contains(&refused.status.as_u16()), "{refused}");
    refused.problem()?;
    set_status(&target, &person.id, "active").await?;
    until("an active account may sign in again", PATIENCE, || async {
        Ok((target.client.login(&person.credentials).await?.status.as_u16() == 200).then_some(()))
    })
    .await
}

pub(crate) async fn the_key_set_verifies_tokens(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let (signed, signature) = person.tokens.access.rsplit_once('.').context("a JWT")?;
    let set = target.client.get("/.well-known/jwks.json").await?.expect(200)?;
    let key = URL_SAFE_NO_PAD.decode(set.json()?["keys"][0]["x"].as_str().context("a public key")?)?;
    let verified = VerifyingKey::from_bytes(key.as_slice().try_into()?).and_then(|key| {
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap_or_default())?;
        key.verify_strict(signed.as_bytes(), &signature)
    });
    ensure!(verified.is_ok(), "{set}");
    Ok(())
}

pub(crate) async fn set_status(target: &Target, id: &str, status: &str) -> Result<()> {
    let path = format!("/api/v1/users/{id}/status");
    until("the profile has its status", PATIENCE, || async {
        let request = target.admin.request(Method::PUT, &path).header("if-match", "*");
        let answer = Answer::to(request.json(&json!({ "status": status }))).await?;
        // The profile is made by an event.
        Ok((answer.status.as_u16() != 404).then_some(answer))
    })
    .await
    .and_then(|answer| {
        ensure!(answer.status.is_success(), "{answer}");
        Ok(())
    })
}

pub(crate) async fn me(client: &Client, token: &str) -> Result<Answer> {
    Answer::to(client.request(Method::GET, "/api/v1/auth/me").bearer_auth(token)).await
}

pub(crate) async fn refresh(client: &Client, token: &str) -> Result<Answer> {
    client.post("/api/v1/auth/refresh", &json!({ "refresh_token": token })).await
}

pub(crate) async fn is_refused_soon(client: &Client, token: &str) -> Result<()> {
    until("the access token is refused", PATIENCE, || async {
        let answer = me(client, token).await?;
        if answer.status.as_u16() == 200 {
            return Ok(None);
        }
        answer.expect_problem(401).map(|_| Some(()))
    })
    .await
}
