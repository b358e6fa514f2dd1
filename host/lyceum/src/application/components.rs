//! Loads every component of the manifest and checks that it is what the manifest says.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use futures::stream::{self, StreamExt};
use lyceum_documents::Collection;
use lyceum_manifest::{Component, Manifest, Mistake, Place};
use lyceum_runtime::{EngineOptions, Limits, Loaded};
use lyceum_sql::Migration;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::settings::Where;

/// What is compiled within this time is not worth a word; after it, and as often again, it is told how far it is.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// It is told so often at least although nothing more is ready.
const TOLD_AGAIN: Duration = Duration::from_secs(10);

/// A component's file, and the migrations and collections in it.
pub(crate) struct Checked {
    /// The compiled file.
    pub(crate) file: Loaded,
    /// SHA-256 of the file, in hexadecimal.
    pub(crate) digest: String,
    /// Empty without a database.
    pub(crate) migrations: Vec<Migration>,
    /// Empty without documents.
    pub(crate) collections: Vec<Collection>,
}

/// An engine that holds as many instances as the manifest allows. Compiled code is kept for the next command: in the folder
/// that was named for it, or in the data folder if there is one already.
pub(crate) fn engine(manifest: &Manifest, place: &Where) -> Result<lyceum_runtime::Engine> {
    let own = || place.data.is_dir().then(|| place.data.join("cache"));
    // It must be named absolutely; what is in it depends on nothing but the components.
    let cache = place.cache.clone().or_else(own).map(std::path::absolute).transpose();
    let cache = cache.context("find the folder of compiled components")?;
    let calls = manifest
        .components
        .values()
        .map(|component| component.limits.concurrency + component.limits.message_concurrency)
        .sum::<usize>();
    let memory =
        manifest.components.values().map(|component| component.limits.memory).max().unwrap_or_default();
    lyceum_runtime::engine(&EngineOptions {
        cache,
        // A few more, for components that are asked for their migrations.
        instances: u32::try_from(calls).unwrap_or(u32::MAX).saturating_add(8),
        memory_bytes: usize::try_from(memory).unwrap_or(usize::MAX),
    })
}

/// The limits of a component, in the runtime's terms.
pub(crate) fn limits(component: &Component) -> Limits {
    let limits = &component.limits;
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    Limits {
        memory,
        // Half of what it may have: past that, a fresh instance is cheaper than what the old one holds.
        memory_mark: memory / 2,
        cpu: limits.cpu,
        wall_clock: limits.wall_clock,
        request_body: limits.request_body,
        response_body: limits.response_body,
        concurrency: limits.concurrency,
        message_concurrency: limits.message_concurrency,
        queue: limits.queue,
        reuse: component.reuse,
    }
}

/// Loads all components. What loads is returned beside the mistakes of what doesn't. Compiling them for the first time takes
/// long: how far it is goes to `progress`, now and then.
pub(crate) async fn load(
    engine: &lyceum_runtime::Engine,
    manifest: &Manifest,
    path: &Path,
    progress: impl Fn(String),
) -> (BTreeMap<String, Checked>, Vec<Mistake>) {
    let loading = manifest.components.values().map(|component| async move {
        let (engine, source) = (engine.clone(), component.source.clone());
        let read = move || {
            let bytes = std::fs::read(&source).with_context(|| format!("read {}", source.display()))?;
            let digest = format!("{:x}", Sha256::digest(&bytes));
            anyhow::Ok((Loaded::new(&engine, &bytes)?, digest))
        };
        let (file, digest) = match on_a_thread(read).await {
            Ok(read) => read,
            Err(error) => return (component, Err(format!("{error:#}"))),
        };
        let migrations = match file.migrations(&component.id).await {
            Ok(migrations) => migrations.unwrap_or_default(),
            Err(error) => return (component, Err(format!("{error:#}"))),
        };
        let collections = match file.collections(&component.id).await {
            Ok(collections) => collections.unwrap_or_default(),
            Err(error) => return (component, Err(format!("{error:#}"))),
        };
        (component, Ok(Checked { file, digest, migrations, collections }))
    });
    let (mut loaded, mut mistakes) = (BTreeMap::new(), Vec::new());
    // What a file and its compiled form take while they are read is given back late: no more at once than is quick.
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut loading = stream::iter(loading).buffer_unordered(at_once);
    let mut telling = tokio::time::interval_at(Instant::now() + TOLD_AFTER, TOLD_AFTER);
    let mut outcomes = Vec::new();
    let mut told = (usize::MAX, Instant::now());
    loop {
        tokio::select! {
            outcome = loading.next() => match outcome {
                Some(outcome) => outcomes.push(outcome),
                None => break,
            },
            _ = telling.tick() => if told.0 != outcomes.len() || told.1.elapsed() >= TOLD_AGAIN {
                told = (outcomes.len(), Instant::now());
                progress(format!(
                    "compiling: {} of {} components are ready; what is compiled is kept for the next start",
                    outcomes.len(),
                    manifest.components.len(),
                ));
            },
        }
    }
    for (component, outcome) in outcomes {
        let place = Place::File { path: path.to_owned(), line: component.line, column: 1 };
        match outcome {
            Err(message) => {
                let message = format!("component {}: {message}", component.id);
                mistakes.push(Mistake {
                    place,
                    message,
                    hint: Some("was it built? `cargo xtask components`".into()),
                });
            }
            Ok(checked) => {
                mistakes.extend(disagreements(component, &checked).map(|(message, hint)| Mistake {
                    place: place.clone(),
                    message: format!("component {} {message}", component.id),
                    hint: Some(hint.to_owned()),
                }));
                mistakes.extend(read_models(component, &checked).into_iter().map(|message| Mistake {
                    place: place.clone(),
                    message,
                    hint: Some("`read_models` names tables that its projections alone fill".to_owned()),
                }));
                loaded.insert(component.id.clone(), checked);
            }
        }
    }
    (loaded, mistakes)
}

/// What is wrong with the tables that the manifest says are made of events.
fn read_models(component: &Component, checked: &Checked) -> Vec<String> {
    let id = &component.id;
    if component.read_models.is_empty() {
        return Vec::new();
    }
    let tables = match lyceum_sql::rebuild::tables(&checked.migrations) {
        Ok(tables) => tables,
        Err(error) => return vec![format!("component {id}: {error}")],
    };
    let wrong = |name: &String| match tables.get(name) {
        None => Some(format!("component {id} has no table {name} to be a read model")),
        Some(columns) if !columns.iter().any(|column| column.in_key) => {
            Some(format!("component {id} has a read model {name} without a primary key"))
        }
        Some(_) => None,
    };
    component.read_models.iter().filter_map(wrong).collect()
}

/// Runs it on a thread that ends with it, and so gives back what it took beside its result.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (done, result) = tokio::sync::oneshot::channel();
    let work = move || drop(done.send(work()));
    std::thread::Builder::new().name("load".into()).spawn(work).context("start a thread")?;
    result.await.context("it can't be loaded")?
}

/// Where the manifest says something else than the component itself.
fn disagreements(
    component: &Component,
    checked: &Checked,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let subscribes = !component.subscriptions.is_empty();
    let has_migrations = !checked.migrations.is_empty();
    [
        (
            component.http && !checked.file.is_web(),
            "has an HTTP trigger but does not export wasi:http/incoming-handler",
            "remove its [[trigger.http]], or export the handler",
        ),
        (
            subscribes && !checked.file.handles_events(),
            "has subscriptions but does not export wasmcloud:messaging/handler",
            "remove its subscriptions, or export the handler",
        ),
        (
            has_migrations && !component.sql,
            "has migrations but no database",
            "say `sql = true` under its tool.lyceum",
        ),
        (
            !checked.collections.is_empty() && !component.documents,
            "has collections but no documents",
            "say `documents = true` under its tool.lyceum",
        ),
    ]
    .into_iter()
    .filter_map(|(wrong, message, hint)| wrong.then_some((message, hint)))
}
