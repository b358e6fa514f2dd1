//! `lyceum migrate`: brings every service's database and documents up to date, without starting the application.

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::{remark, show};
use lyceum_manifest::Report;
use lyceum_sql::Servers;

use crate::application::components;
use crate::databases;
use crate::logs;
use crate::settings::Where;

/// What to migrate.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    logs: logs::Options,
    /// Only say what would be done; fails when something would be
    #[arg(long)]
    dry_run: bool,
}

/// Applies what is missing, service by service, and says so.
pub(crate) fn run(options: &Options) -> Result<()> {
    logs::start(&options.logs)?;
    super::block_on(async {
        let settings = options.place.settings()?;
        std::fs::create_dir_all(&options.place.data)?;
        let engine = components::engine(&settings.manifest, &options.place)?;
        let _ticker = lyceum_runtime::Ticker::start(&engine)?;
        let (loaded, mistakes) =
            components::load(&engine, &settings.manifest, &options.place.manifest, remark).await;
        if !mistakes.is_empty() {
            bail!("{}", Report(mistakes));
        }
        let servers = Servers::default();
        let mut missing = 0;
        for (service, link) in &settings.links.sql {
            let Some(component) = loaded.get(service) else { continue };
            let publishes = databases::publishes(&settings.manifest, service);
            let database = databases::open(
                service,
                link,
                lyceum_sql::Options { publishes, servers: servers.clone(), ..Default::default() },
            )?;
            let done = if options.dry_run {
                database.pending(&component.migrations).await?
            } else {
                database.migrate(&component.migrations).await?
            };
            missing += done.len();
            say(service, "", &done, options.dry_run)?;
        }
        for (service, link) in &settings.links.documents {
            let Some(component) = loaded.get(service) else { continue };
            let publishes = databases::publishes(&settings.manifest, service);
            let documents = databases::open_documents(
                service,
                link,
                lyceum_documents::Options { publishes, ..Default::default() },
            )
            .await?;
            let done = if options.dry_run {
                documents.pending(&component.collections).await
            } else {
                documents.migrate(&component.collections).await
            };
            let done = done.with_context(|| format!("migrate the documents of {service}"))?;
            missing += done.len();
            say(service, " (documents)", &done, options.dry_run)?;
        }
        if options.dry_run && missing > 0 {
            bail!("{missing} migrations are missing");
        }
        Ok(())
    })
}

fn say(service: &str, what: &str, done: &[String], dry_run: bool) -> Result<()> {
    show(match (done.is_empty(), dry_run) {
        (true, _) => format!("{service}{what}: up to date"),
        (false, true) => format!("{service}{what}: would apply {}", done.join(", ")),
        (false, false) => format!("{service}{what}: applied {}", done.join(", ")),
    })?;
    Ok(())
}
