//! What the services keep their rows and documents in, opened and brought up to date.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use lyceum_documents::Options as DocumentsOptions;
use lyceum_sql::{Backend, Clock, Options, Servers};
use tracing::info;

use super::components::Checked;
use crate::databases;
use crate::settings::Settings;

/// What to open, and how.
pub(super) struct Stores<'a> {
    pub(super) settings: &'a Settings,
    pub(super) loaded: &'a BTreeMap<String, Checked>,
    /// Apply migrations that are missing, instead of refusing to start.
    pub(super) migrate: bool,
    pub(super) clock: Clock,
}

impl Stores<'_> {
    /// The database of each service that has one.
    pub(super) async fn databases(&self, servers: &Servers) -> Result<BTreeMap<String, Arc<dyn Backend>>> {
        let mut databases = BTreeMap::new();
        for (service, link) in &self.settings.links.sql {
            let publishes = databases::publishes(&self.settings.manifest, service);
            let (servers, clock) = (servers.clone(), self.clock.clone());
            let options = Options { publishes, servers, clock, ..Options::default() };
            let database = databases::open(service, link, options)?;
            let migrations = self.loaded.get(service).map_or(&[][..], |component| &component.migrations);
            up_to_date(service, &*database, migrations, self.migrate).await?;
            databases.insert(service.clone(), database);
        }
        Ok(databases)
    }

    /// The documents of each service that has some.
    pub(super) async fn documents(&self) -> Result<BTreeMap<String, Arc<dyn lyceum_documents::Backend>>> {
        let mut documents = BTreeMap::new();
        for (service, link) in &self.settings.links.documents {
            let publishes = databases::publishes(&self.settings.manifest, service);
            let options = DocumentsOptions { publishes, clock: self.clock.clone() };
            let opened = databases::open_documents(service, link, options).await?;
            let collections = self.loaded.get(service).map_or(&[][..], |component| &component.collections);
            declared(service, &*opened, collections, self.migrate).await?;
            documents.insert(service.clone(), opened);
        }
        Ok(documents)
    }
}

async fn up_to_date(
    service: &str,
    database: &dyn Backend,
    migrations: &[lyceum_sql::Migration],
    migrate: bool,
) -> Result<()> {
    if migrate {
        let applied = database
            .migrate(migrations)
            .await
            .with_context(|| format!("migrate the database of {service}"))?;
        if !applied.is_empty() {
            info!(service, applied = applied.join(", "), "the database was brought up to date");
        }
        return Ok(());
    }
    let pending = database.pending(migrations).await?;
    if !pending.is_empty() {
        bail!("the database of {service} misses {}; run `lyceum migrate`", pending.join(", "));
    }
    Ok(())
}

async fn declared(
    service: &str,
    documents: &dyn lyceum_documents::Backend,
    collections: &[lyceum_documents::Collection],
    migrate: bool,
) -> Result<()> {
    if migrate {
        let made = documents
            .migrate(collections)
            .await
            .with_context(|| format!("migrate the documents of {service}"))?;
        if !made.is_empty() {
            info!(service, made = made.join(", "), "the documents were brought up to date");
        }
        return Ok(());
    }
    let pending = documents
        .pending(collections)
        .await
        .with_context(|| format!("look at the documents of {service}"))?;
    if !pending.is_empty() {
        bail!("the documents of {service} miss {}; run `lyceum migrate`", pending.join(", "));
    }
    Ok(())
}
