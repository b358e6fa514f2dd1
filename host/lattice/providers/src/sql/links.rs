//! Which component has which database.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use lyceum_sql::{Backend, Options, Publishes, RelayHandle, Servers};
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::buses::Buses;
use crate::configuration::Configuration;
use crate::links::Links;

/// A linked component's database.
struct Linked {
    database: Arc<dyn Backend>,
    /// Publishes while it is held.
    _relay: RelayHandle,
}

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct SqlProvider {
    links: Links<Linked>,
    buses: Buses,
    /// Services on a PostgreSQL server share its connections.
    servers: Servers,
}

impl SqlProvider {
    /// Nobody is linked as yet.
    pub(super) fn of(config: &Configuration<'_>) -> Result<Self> {
        let servers = match config.find("connections") {
            Some(_) => Servers::new(config.read::<u16>("connections")?.into()),
            None => Servers::default(),
        };
        Ok(Self { links: Links::default(), buses: Buses::default(), servers })
    }

    async fn open(&self, config: &Configuration<'_>) -> Result<Linked> {
        let (service, url) = (config.get("service")?, config.get("url")?);
        let publisher = self.buses.publisher(config.get("events")?, config.get("application")?).await?;
        let options = Options {
            create_database: url.contains("{service}"),
            publishes: Publishes::only(config.read::<Vec<String>>("publishes")?),
            servers: self.servers.clone(),
            ..Options::default()
        };
        let database =
            lyceum_sql::open(&url.replace("{service}", service), service, options).context("url")?;
        let relay = database.spawn_relay(publisher);
        Ok(Linked { database, _relay: relay })
    }

    /// The database of each linked component.
    pub(super) fn by_service(&self) -> Vec<(String, Arc<dyn Backend>)> {
        let all = self.links.all().into_iter();
        all.map(|(component, linked)| (component, Arc::clone(&linked.database))).collect()
    }

    /// The caller's database.
    pub(super) fn database(&self, context: Option<&Context>) -> Option<Arc<dyn Backend>> {
        self.links.of_caller(context).map(|linked| Arc::clone(&linked.database))
    }
}

impl Provider for SqlProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        self.links.put(link.source_id, self.open(&Configuration::of_link(&link)).await?);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.links.remove(link.get_source_id());
        Ok(())
    }
}
