//! Making a service's read models anew from the log, while hosts go on serving the old ones.
//!
//! A second generation of the service's database is filled by an instance of the component that has nothing but that: no
//! mail, no calls, no files, and nobody publishes what it leaves in the outbox. It is given the log from the first event on, in
//! the order of each aggregate, as its consumer was. Once it is nearly at the end, those who write to the live tables wait; what
//! is missing is delivered; and the live rows become those of the generation in one transaction.
//!
//! The live consumer needs no halt: what it had handled before its tables were held was in the log by then, so the generation
//! has it, too; and what it handles afterwards, although the generation had it, the rows' watermarks make vain.

mod complete;
mod fill;
mod lanes;
mod live;
mod replay;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lyceum_console::remark;
use lyceum_manifest::{Component as Declared, Report, SqlLink};
use lyceum_runtime::{Component, Links, Metrics, Ticker};
use lyceum_sql::rebuild::{Difference, Generation};
use lyceum_sql::{Database, Options, Servers};
use prometheus_client::registry::Registry;

use crate::application::{components, configuration};
use crate::databases;
use crate::event_log::Log;
use crate::settings::{Settings, Where};

/// What an operator chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    /// Only compare.
    pub(crate) dry_run: bool,
    /// Rows that no event makes may be removed.
    pub(crate) remove_rows: bool,
    /// Events that the live consumer handled, but that can't be handled now, may be left out.
    pub(crate) leave_out_failing: bool,
}

/// What was done.
pub(crate) struct Rebuilt {
    /// Events that were delivered.
    pub(crate) events: u64,
    /// Events that weren't, and why.
    pub(crate) left_out: Vec<String>,
    pub(crate) tables: Vec<Difference>,
    /// How long writers waited; none if nothing was changed.
    pub(crate) held: Option<Duration>,
}

/// Makes the read models of a service anew; `progress` is told the position and the end of the log.
pub(crate) async fn rebuild(
    place: &Where,
    service: &str,
    choices: Choices,
    progress: impl FnMut(i64, i64),
) -> Result<Rebuilt> {
    let mut settings = place.settings()?;
    let declared = declared(&settings, service)?;
    let link = settings.links.sql.get(service).with_context(|| format!("{service} has no database"))?.clone();
    settings.manifest.components.retain(|id, _| id == service);
    let log = Log::open(&settings.links.events, &place.manifest, &place.data).await?;
    let engine = components::engine(&settings.manifest, place)?;
    let _ticker = Ticker::start(&engine)?;
    let (mut loaded, mistakes) = components::load(&engine, &settings.manifest, &place.manifest, remark).await;
    if !mistakes.is_empty() {
        bail!("{}", Report(mistakes));
    }
    let checked = loaded.remove(service).with_context(|| format!("{service} can't be loaded"))?;
    let servers = Servers::default();
    let publishes = databases::publishes(&settings.manifest, service);
    let options = Options { publishes, servers, ..Options::default() };
    let live = options.clone();
    let mut generation = match &link {
        SqlLink::Sqlite(file) => Generation::sqlite(file, service, &checked.migrations, options).await?,
        SqlLink::Postgres { server, .. } => {
            Generation::postgres(server.reveal(), service, &checked.migrations, options).await?
        }
        other => bail!("this host has no backend for {other:?}"),
    };
    let pending = databases::open(service, &link, live)?.pending(&checked.migrations).await;
    let filled = async {
        let pending = pending?;
        if !pending.is_empty() {
            bail!("the database of {service} misses {}; run `lyceum migrate`", pending.join(", "));
        }
        let component = component(&settings, &declared, checked, generation.database())?;
        fill::fill(&mut generation, component, &declared, &log, choices, progress).await
    };
    let filled = filled.await;
    // Whatever happened, nothing of it is left.
    let removed = generation.remove().await;
    let rebuilt = filled?;
    removed.context(
        "all is done, but what was made beside the live tables is left; the next rebuild removes it",
    )?;
    Ok(rebuilt)
}

/// The service, if it has read models.
fn declared(settings: &Settings, service: &str) -> Result<Declared> {
    let all = settings.manifest.components.values();
    let able: Vec<_> = all.filter(|found| !found.read_models.is_empty()).map(|found| &*found.id).collect();
    let able = if able.is_empty() { "no component".to_owned() } else { able.join(", ") };
    let Some(declared) = settings.manifest.components.get(service) else {
        bail!("there is no component {service}; read models have: {able}")
    };
    if declared.read_models.is_empty() {
        bail!(
            "{service} names no read models, so nothing of it can be made anew from the log: say \
             `read_models = [\"..\"]` under its tool.lyceum; read models have: {able}"
        );
    }
    Ok(declared.clone())
}

/// An instance that can't do anything but fill this database.
fn component(
    settings: &Settings,
    declared: &Declared,
    checked: components::Checked,
    database: Arc<dyn Database>,
) -> Result<Component> {
    let links = Links { sql: Some(database), config: configuration(settings, declared)?, ..Links::default() };
    let statistics = Metrics::register(&mut Registry::default()).component(&declared.id);
    let limits = components::limits(declared);
    Ok(Component::new(&declared.id, checked.file, links, limits, Weak::new(), statistics))
}
