//! Routes as the manifest declares them: templates, rewriting, limits, and what everybody may ask.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use lyceum_end_to_end::client::Client;
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::json;

/// Users under an older system's paths, beside the notifications' prefix.
async fn with_old_paths() -> Result<Lyceum> {
    let mut manifest = Manifest::of_repository()?;
    for (component, routes) in [
        (
            "users",
            r#"routes = [
                { prefix = "/api/v1/users" },
                { prefix = "/people", rewrite = "/api/v1/users" },
                { path = "/api/v1/notifications/{user_id}/owner", rewrite = "/api/v1/users/{user_id}" },
            ]"#,
        ),
        ("notifications", r#"routes = [{ prefix = "/api/v1/notifications" }]"#),
    ] {
        let routes: toml::Table = routes.parse().context("parse routes")?;
        manifest.settings(component)?.extend(routes);
    }
    let setup = Setup::of(Backend::Sqlite)?.with_manifest(manifest);
    Lyceum::start(setup.with_variable("LYCEUM_PUBLIC_URL", "https://lms.example.org")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_leads_past_the_prefix_around_it_and_answers_name_outside_paths() -> Result<()> {
    let lyceum = with_old_paths().await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    // The profile is made on an event.
    let profile = || async {
        let answer = admin.get("/people/me").await?;
        Ok((answer.status.as_u16() == 200).then_some(answer))
    };
    let me = until("there is a profile", PATIENCE, profile).await?.json()?;
    let id = me["user_id"].as_str().context("an id")?;
    let owner = admin.get(&format!("/api/v1/notifications/{id}/owner")).await?.expect(200)?.json()?;
    ensure!(owner["user_id"] == id, "{owner}");
    // What the template doesn't match stays with the prefix.
    admin.get("/api/v1/notifications").await?.expect(200)?;
    admin.get(&format!("/api/v1/notifications/{id}/owner/more")).await?.expect_problem(404)?;

    let problem = admin.get("/people/nobody-has-this").await?.problem()?;
    ensure!(problem["instance"] == "/people/nobody-has-this", "{problem}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_of_its_service_is_413_before_it_is_sent_on() -> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let client = lyceum.client()?;
    client.post("/api/v1/auth/login", &json!({})).await?.expect_problem(422)?;
    let refused = answers(&lyceum.operators()?, "auth", "4xx").await?;
    ensure!(refused >= 1, "auth counts what it refuses");
    let body = vec![b' '; (1 << 20) + 1];
    let request =
        client.request(Method::POST, "/api/v1/auth/login").header("content-type", "application/json");
    let answer = lyceum_end_to_end::client::Answer::to(request.body(body)).await?;
    ensure!(answer.expect_problem(413)?["error_code"] == "BODY_TOO_LARGE", "{answer}");
    // Ticks and others' questions, which it answers otherwise, may come at any time.
    ensure!(answers(&lyceum.operators()?, "auth", "4xx").await? == refused, "auth was asked");
    Ok(())
}

/// How many calls of a component have ended.
async fn calls(operators: &Client, component: &str) -> Result<u64> {
    let of_it = format!("component=\"{component}\"");
    sum(operators, &["lyceum_component_call_duration_seconds_count", &of_it]).await
}

/// How many requests a component has answered by a status of this class, such as `4xx`.
async fn answers(operators: &Client, component: &str, class: &str) -> Result<u64> {
    let (of_it, of_class) = (format!("component=\"{component}\""), format!("status=\"{class}\""));
    sum(operators, &["lyceum_component_requests_total", &of_it, &of_class]).await
}

/// The sum of the counters whose lines hold all of these.
async fn sum(operators: &Client, parts: &[&str]) -> Result<u64> {
    let metrics = operators.get("/metrics").await?.expect(200)?;
    let text = String::from_utf8_lossy(&metrics.body).into_owned();
    let mut sum = 0;
    for line in text.lines().filter(|line| parts.iter().all(|part| line.contains(part))) {
        let value = line.rsplit(' ').next().context("a value")?;
        sum += value.parse::<u64>().with_context(|| format!("read {line}"))?;
    }
    Ok(sum)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_questions_at_once_for_health_or_the_description_ask_each_service_twice_at_most()
-> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let (client, operators) = (lyceum.client()?, lyceum.operators()?);
    for path in ["/api/v1/health", "/openapi.json"] {
        let before = calls(&operators, "files").await?;
        let answers = try_join_all((0..100).map(|_| client.get(path))).await?;
        for answer in answers {
            answer.expect(200)?;
        }
        let asked = calls(&operators, "files").await? - before;
        // Files is asked by a tick as well, once a minute.
        ensure!((1..=3).contains(&asked), "{path}: files was asked {asked} times");
    }
    Ok(())
}
