//! What must hold of a deployment once all scenarios have been through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jsonschema::Validator;
use libtest_mimic::Trial;
use lyceum_end_to_end::harness::{Log, workspace};
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
        the_same_components_ran(runtime, deployments),
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

/// Byte for byte the same files, whatever stood behind their interfaces.
fn the_same_components_ran(runtime: &Arc<Runtime>, deployments: &Arc<Deployments>) -> Trial {
    let (runtime, deployments) = (Arc::clone(runtime), Arc::clone(deployments));
    Trial::test("afterwards::the_same_components_ran_everywhere", move || {
        let compare = || {
            let mut first = None;
            for own in deployments.started() {
                let log = runtime.block_on(own.lyceum.lock()).log();
                let ran = digests(&log)?;
                ensure!(!ran.is_empty(), "{} said nothing of its components", own.kind);
                for (component, digest) in &ran {
                    println!("{:<15} {component:<15} sha256:{digest}", own.kind.to_string());
                }
                let first = first.get_or_insert_with(|| ran.clone());
                ensure!(*first == ran, "{} ran other components: {first:?} and {ran:?}", own.kind);
            }
            Ok(())
        };
        compare().map_err(|error| format!("{error:#}").into())
    })
}

/// What each component's file hashes to, as the host said when it loaded it.
fn digests(log: &Log) -> Result<BTreeMap<String, String>> {
    let loaded = log.entries("sha256")?.into_iter();
    Ok(loaded
        .filter_map(|entry| {
            let of = |name: &str| find(&entry, name);
            Some((of("component")?, of("sha256")?))
        })
        .collect())
}

/// A field of a log's entry, wherever the format puts it.
fn find(entry: &Value, name: &str) -> Option<String> {
    let field = entry.get(name).or_else(|| entry.get("fields")?.get(name))?;
    field.as_str().map(ToOwned::to_owned)
}

/// By the kind of the event, which is the schema's title.
fn schemas() -> Result<BTreeMap<String, Validator>> {
    let mut schemas = BTreeMap::new();
    // Those of the platform's services, and those that a service keeps beside it.
    let shared = std::fs::read_dir(workspace().join("components/events/schemas"))?;
    let own = std::fs::read_dir(workspace().join("components"))?;
    let own = own.map(|component| component.map(|component| component.path().join("events")));
    for folder in shared.map(|folder| folder.map(|folder| folder.path())).chain(own) {
        let Ok(files) = std::fs::read_dir(folder?) else { continue };
        for file in files {
            let file = file?.path();
            if file.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
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
