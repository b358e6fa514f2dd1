//! Which component has which documents.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use lyceum_documents::{Backend, MongodbDocuments, Options, Publishes, RelayHandle};
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::buses::Buses;
use crate::configuration::Configuration;
use crate::links::Links;

/// A linked component's documents.
pub(super) struct Linked {
    pub(super) documents: Arc<dyn Backend>,
    /// Publishes while it is held.
    _relay: RelayHandle,
}

/// The provider. Its copies are one.
#[derive(Clone, Default)]
pub(super) struct DocumentsProvider {
    links: Links<Linked>,
    buses: Buses,
}

impl DocumentsProvider {
    async fn open(&self, config: &Configuration<'_>) -> Result<Linked> {
        let (service, url) = (config.get("service")?, config.get("url")?);
        let bus = self.buses.publisher(config.get("events")?, config.get("application")?).await?;
        let url = url.replace("{service}", service);
        let publishes = Publishes::only(config.read::<Vec<String>>("publishes")?);
        let options = Options { publishes, ..Options::default() };
        let documents: Arc<dyn Backend> =
            MongodbDocuments::connect(&url, service, options).await.context("url")?;
        let relay = documents.spawn_relay(bus);
        Ok(Linked { documents, _relay: relay })
    }

    /// The documents of each linked component.
    pub(super) fn by_service(&self) -> Vec<(String, Arc<dyn Backend>)> {
        let all = self.links.all().into_iter();
        all.map(|(component, linked)| (component, Arc::clone(&linked.documents))).collect()
    }

    /// The caller's documents.
    pub(super) fn of_caller(&self, context: Option<&Context>) -> Option<Arc<Linked>> {
        self.links.of_caller(context)
    }
}

impl Provider for DocumentsProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        self.links.put(link.source_id, self.open(&Configuration::of_link(&link)).await?);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.links.remove(link.get_source_id());
        Ok(())
    }
}
