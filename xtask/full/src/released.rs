//! `cargo xtask released`: the API and the events that others build on, as they were last given out.
//!
//! [`TAKEN`] holds two OpenAPI documents. One is the API's own description, the other one says of each event what a
//! consumer gets, as if it were the answer to a request. So one program compares both, by the same rules, with what the
//! product says today; see [`breaks`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use crate::lint::sources;
use xtask::process::step;
use xtask::tools::OASDIFF;
use xtask::workspace::Workspace;

/// Where what was given out is kept, in the source tree.
const TAKEN: &str = "tests/released";
/// The API's description, which a test holds against the running product.
const API: &str = "tests/golden/openapi.json";
/// The schemas of events that several services know: a folder for each that publishes them.
const SHARED_EVENTS: &str = "components/events/schemas";
/// How a schema's file is called, after its event's kind.
const SCHEMA: &str = ".schema.json";

/// What follows `cargo xtask released`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Also take what breaks clients or consumers of the last release
    #[arg(long)]
    breaking: bool,
}

/// Takes the present API and events for what is given out from now on.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let taken = workspace.root.join(TAKEN);
    let documents = documents(&workspace)?;
    for (name, now) in &documents {
        let file = taken.join(name);
        let broken = if file.is_file() { breaks(&file, now)? } else { None };
        match broken {
            Some(breaks) if !options.breaking => {
                bail!(
                    "{breaks}\nthis breaks who relies on the last release; `--breaking` takes it all the same"
                )
            }
            Some(_) | None => {}
        }
    }
    fs::create_dir_all(&taken).with_context(|| format!("can't make {}", taken.display()))?;
    for (name, now) in &documents {
        let file = taken.join(name);
        fs::write(&file, format!("{now}\n")).with_context(|| format!("can't write {}", file.display()))?;
        step(format_args!("wrote {}", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// An error that names what clients or consumers of the last release would miss or misread.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut broken = Vec::new();
    for (name, now) in documents(workspace)? {
        let file = workspace.root.join(TAKEN).join(name);
        anyhow::ensure!(file.is_file(), "{} is missing: `cargo xtask released` writes it", file.display());
        broken.extend(breaks(&file, &now)?);
    }
    if !broken.is_empty() {
        bail!(
            "this breaks who relies on the last release; if it is meant, say why in the change and run \
             `cargo xtask released --breaking`:\n{}",
            broken.join("\n")
        );
    }
    Ok(())
}

/// The two documents as the source tree has them now, by the names of their files.
fn documents(workspace: &Workspace) -> anyhow::Result<BTreeMap<&'static str, Value>> {
    let api = read(&workspace.root.join(API))?;
    let mut kinds = BTreeMap::new();
    for file in sources::below(&workspace.root.join(SHARED_EVENTS), "json")? {
        let service = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        kinds.insert(kind(&service, &file)?, read(&file)?);
    }
    for service in workspace.own_components()? {
        let own = workspace.root.join("components").join(&service).join("events");
        let files = if own.is_dir() { sources::below(&own, "json")? } else { Vec::new() };
        for file in files {
            kinds.insert(kind(&service, &file)?, read(&file)?);
        }
    }
    Ok(BTreeMap::from([("openapi.json", api), ("events.json", as_answers(kinds)?)]))
}

/// `lyceum.books.BookAdded.v1` of `books` and `…/BookAdded.v1.schema.json`.
fn kind(service: &str, file: &Path) -> anyhow::Result<String> {
    let event = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(SCHEMA));
    let event = event.with_context(|| format!("{} is not called KIND{SCHEMA}", file.display()))?;
    Ok(format!("lyceum.{service}.{event}"))
}

fn read(file: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

/// A document in which each event is what a request gets: a consumer is to an event what a client is to an answer.
/// Definitions of a schema stand among those of the document, after the name of the event.
fn as_answers(kinds: BTreeMap<String, Value>) -> anyhow::Result<Value> {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for (kind, mut schema) in kinds {
        let fields = schema.as_object_mut().with_context(|| format!("the schema of {kind} is no object"))?;
        fields.remove("$schema");
        if let Some(Value::Object(own)) = fields.remove("$defs") {
            for (name, mut definition) in own {
                point(&mut definition, &kind);
                schemas.insert(format!("{kind}.{name}"), definition);
            }
        }
        point(&mut schema, &kind);
        let content = json!({ "application/json": { "schema": schema } });
        let answer = json!({ "200": { "description": "The event", "content": content } });
        paths.insert(format!("/{kind}"), json!({ "get": { "operationId": kind, "responses": answer } }));
    }
    let info = json!({ "title": "Events", "version": "1" });
    let components = json!({ "schemas": schemas });
    Ok(json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": components }))
}

/// Makes references to a schema's own definitions ones to the document's.
fn point(value: &mut Value, kind: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(place) if name == "$ref" => {
                        if let Some(own) = place.strip_prefix("#/$defs/") {
                            *place = format!("#/components/schemas/{kind}.{own}");
                        }
                    }
                    field => point(field, kind),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point(item, kind)),
        _ => {}
    }
}

/// What in the new document breaks who was made for the one in the file, a line each; none if nothing does.
fn breaks(released: &Path, now: &Value) -> anyhow::Result<Option<String>> {
    let folder = tempfile::tempdir().context("can't make a folder")?;
    let new: PathBuf = folder.path().join("now.json");
    fs::write(&new, now.to_string()).with_context(|| format!("can't write {}", new.display()))?;
    let mut command: Command = OASDIFF.ready()?;
    command.args(["breaking", "--fail-on", "ERR", "--color", "never", "--format", "singleline"]);
    let output = command.arg(released).arg(&new).output().context("can't start oasdiff")?;
    let (said, complaint) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0) => Ok(None),
        Some(1) if said.contains("error") => {
            let lines = said.lines().filter(|line| line.starts_with("error"));
            // The name of the folder means nothing to who reads it.
            let named = lines.map(|line| line.replace(&format!("{}/", folder.path().display()), ""));
            Ok(Some(named.collect::<Vec<_>>().join("\n")))
        }
        _ => bail!("oasdiff failed ({}): {}", output.status, complaint.trim()),
    }
}

#[cfg(test)]
mod tests;
