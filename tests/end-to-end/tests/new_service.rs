//! A service as `cargo xtask new service` writes it, built and run: its scenarios, and who may call its routes, on a host
//! into which it is plugged. What it adds to the API description is a file, which is copied with the rest.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

#[path = "../../../xtask/template/suite/mod.rs"]
mod rooms;
#[path = "suite/scenario.rs"]
mod scenario;

/// What the suite has of a deployment, as far as a new service's scenarios know it.
mod deployments {
    use lyceum_end_to_end::client::{Client, Person};

    #[derive(Clone)]
    pub(crate) struct Target {
        pub(crate) client: Client,
        pub(crate) admin: Person,
    }
}

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use deployments::Target;
use lyceum_end_to_end::client::Answer;
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup, workspace};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// What is said of who may call a route.
type Access = BTreeMap<String, Value>;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_service_runs_its_scenarios_and_lets_in_whom_its_table_names() -> Result<()> {
    let manifest = Manifest::of_repository()?.with_rooms()?;
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?.with_manifest(manifest)).await?;
    let client = lyceum.client()?;
    let target = Target { admin: client.sign_in(&lyceum.admin()).await?, client };
    let scenarios = rooms::scenarios();
    ensure!(scenarios.iter().any(|scenario| scenario.everywhere), "none of the scenarios runs everywhere");
    for scenario in scenarios {
        (scenario.run)(target.clone()).await.with_context(|| scenario.name)?;
    }
    described_as_before(&target).await?;
    access(&target).await
}

/// Its part of the API description.
async fn described_as_before(target: &Target) -> Result<()> {
    let document = target.client.get("/openapi.json").await?.expect(200)?.json()?;
    let part = |place: &str, own: &str| {
        let all = document.pointer(place).and_then(Value::as_object).into_iter().flatten();
        all.filter(|(name, _)| name.contains(own))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Map<_, _>>()
    };
    let tags = document["tags"].as_array().into_iter().flatten();
    let tags: Vec<_> = tags.filter(|tag| tag["name"] == "rooms").collect();
    let own = json!({
        "components": { "schemas": part("/components/schemas", "Room") },
        "paths": part("/paths", "/rooms"),
        "tags": tags,
    });
    let file = workspace().join("tests/golden/rooms.json");
    let text = serde_json::to_string_pretty(&own)? + "\n";
    if std::env::var_os("LYCEUM_BLESS").is_some() {
        std::fs::write(&file, &text)?;
    }
    let known =
        std::fs::read_to_string(&file).context("read tests/golden/rooms.json; LYCEUM_BLESS=1 writes it")?;
    ensure!(known == text, "what a new service adds to the API changed: run with LYCEUM_BLESS=1");
    Ok(())
}

async fn access(target: &Target) -> Result<()> {
    let file = workspace().join("xtask/template/suite/access.toml");
    let table: Access = toml::from_str(&std::fs::read_to_string(file)?)?;
    let document = target.client.get("/openapi.json").await?.expect(200)?.json()?;
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().context("paths")? {
        if path.starts_with("/api/v1/rooms") {
            let methods = methods.as_object().into_iter().flatten();
            for (method, operation) in methods {
                let route = format!("{} {path}", method.to_uppercase());
                ensure!(table.get(&route) == Some(&operation["x-lyceum-access"]), "{route}: {operation}");
                described.insert(route);
            }
        }
    }
    ensure!(table.keys().eq(&described), "the table names {table:?}, and these are served: {described:?}");
    let student = target.client.newcomer("A student").await?;
    for (route, allowed) in table {
        let (method, path) = route.split_once(' ').context("a method and a path")?;
        let (method, path) = (Method::from_bytes(method.as_bytes())?, path.replace("{id}", &student.id));
        let nobody = Answer::to(target.client.request(method.clone(), &path)).await?;
        nobody.expect_problem(401).with_context(|| route.clone())?;
        let asked = student.request(method, &path).header("if-match", "\"0\"").json(&json!({}));
        let answer = Answer::to(asked).await?;
        let refused = answer.status.as_u16() == 403;
        ensure!(refused == (allowed != json!("signed-in")), "{route} by a student: {answer}");
    }
    Ok(())
}
