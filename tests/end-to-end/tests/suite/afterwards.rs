//! What must hold of a deployment once all scenarios have been through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jsonschema::Validator;
use libtest_mimic::Trial;
use lyceum_end_to_end::harness::workspace;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::deployments::{Deployments, Own};

pub(crate) fn trials(runtime: &Arc<Runtime>, deployments: &Arc<Deployments>) -> Vec<Trial> {
    let all = |name: &str, check: fn(&Runtime, &Own) -> Result<()>| {
        let (runtime, deployments) = (Arc::clone(runtime), Arc::clone(deployments));
        Trial::test(format!("afterwards::{name}"), move || {
            let started = deployments.started();
            started
                .iter()
                .try_for_each(|own| check(&runtime, own))
                .map_err(|error| format!("{error:#}").into())
        })
    };
    vec![
        all("events_match_their_schemas", events_match_their_schemas),
        all("nothing_is_a_dead_letter", nothing_is_a_dead_letter),
        all("no_secret_is_in_the_log", no_secret_is_in_the_log),
        all("z_sigterm_ends_it_cleanly", sigterm_ends_it_cleanly),
    ]
}

fn events_match_their_schemas(runtime: &Runtime, own: &Own) -> Result<()> {
    let schemas = schemas()?;
    let published = runtime.block_on(own.lyceum.lock()).console().published()?;
    let mut checked = 0;
    for event in published {
        let kind = event["type"].as_str().context("an event's type")?;
        if kind.starts_with("lyceum.tick.") {
            continue;
        }
        let schema = schemas.get(kind).with_context(|| format!("{kind} has no schema"))?;
        let wrong: Vec<String> = schema.iter_errors(&event["data"]).map(|error| error.to_string()).collect();
        ensure!(wrong.is_empty(), "{event} breaks its schema: {wrong:?}");
        for attribute in ["id", "source", "subject", "time", "specversion", "aggregatetype", "correlationid"]
        {
            ensure!(event[attribute].is_string(), "{attribute} in {event}");
        }
        ensure!(event["sequence"].is_i64(), "a sequence in {event}");
        checked += 1;
    }
    ensure!(checked > 0, "the suite published nothing");
    Ok(())
}

/// By the kind of the event, which is the schema's title.
fn schemas() -> Result<BTreeMap<String, Validator>> {
    let mut schemas = BTreeMap::new();
    for component in std::fs::read_dir(workspace().join("components"))? {
        let Ok(files) = std::fs::read_dir(component?.path().join("events")) else { continue };
        for file in files {
            let file = file?.path();
            let schema: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
            let kind = schema["title"].as_str().with_context(|| format!("a title in {}", file.display()))?;
            let validator = jsonschema::options().should_validate_formats(true).build(&schema);
            schemas.insert(kind.to_owned(), validator.map_err(|error| anyhow::anyhow!("{kind}: {error}"))?);
        }
    }
    Ok(schemas)
}

fn nothing_is_a_dead_letter(runtime: &Runtime, own: &Own) -> Result<()> {
    let output = runtime.block_on(own.lyceum.lock()).command(&["events", "list", "--dead"])?;
    ensure!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    Ok(())
}

fn no_secret_is_in_the_log(runtime: &Runtime, own: &Own) -> Result<()> {
    let lyceum = runtime.block_on(own.lyceum.lock());
    let (log, secret) = (lyceum.log().text()?, std::fs::read_to_string(lyceum.data().join("secret"))?);
    for hidden in
        ["a quiet harbour at dawn", lyceum.admin().password.as_str(), secret.trim(), "eyJ0eXAi", "Bearer ey"]
    {
        ensure!(!log.contains(hidden), "{hidden:?} is in the log");
    }
    Ok(())
}

fn sigterm_ends_it_cleanly(runtime: &Runtime, own: &Own) -> Result<()> {
    let mut lyceum = runtime.block_on(own.lyceum.lock());
    lyceum.terminate()?;
    ensure!(!lyceum.log().text()?.contains("panicked"), "{}", lyceum.log().tail());
    Ok(())
}
