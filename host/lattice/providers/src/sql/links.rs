//! Which component has which database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, Result};
use lyceum_sql::{Backend, Options, RelayHandle};
use wasmcloud_provider_sdk::{LinkConfig, LinkDeleteInfo, Provider};

use crate::buses::Buses;
use crate::configuration::Configuration;

/// A linked component's database.
struct Linked {
    database: Arc<dyn Backend>,
    /// Publishes while it is held.
    _relay: RelayHandle,
}

/// The provider. Its copies are one.
#[derive(Clone, Default)]
pub(super) struct SqlProvider {
    links: Arc<RwLock<HashMap<String, Linked>>>,
    buses: Buses,
}

impl SqlProvider {
    async fn open(&self, config: &Configuration<'_>) -> Result<Linked> {
        let (service, url) = (config.get("service")?, config.get("url")?);
        let publisher = self.buses.publisher(config.get("events")?, config.get("application")?).await?;
        let options = Options { create_database: url.contains("{service}"), ..Options::default() };
        let database =
            lyceum_sql::open(&url.replace("{service}", service), service, options).context("url")?;
        let relay = database.spawn_relay(publisher);
        Ok(Linked { database, _relay: relay })
    }

    /// The database of the component with this id.
    pub(super) fn database(&self, component: &str) -> Option<Arc<dyn Backend>> {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        links.get(component).map(|linked| Arc::clone(&linked.database))
    }
}

impl Provider for SqlProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        let component = link.source_id;
        let linked = self.open(&Configuration::of_link(&link)).await?;
        self.links.write().unwrap_or_else(PoisonError::into_inner).insert(component.to_owned(), linked);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        let component = link.get_source_id();
        self.links.write().unwrap_or_else(PoisonError::into_inner).remove(component);
        tracing::info!(component, "no longer linked");
        Ok(())
    }
}
