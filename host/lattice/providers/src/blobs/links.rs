//! Which component has which containers.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use lyceum_blobs::{Container, Credentials, S3Options, Store};
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::configuration::Configuration;
use crate::links::Links;

type Containers = HashMap<String, Arc<dyn Container>>;

/// The provider. Its copies are one.
#[derive(Clone, Default)]
pub(super) struct BlobsProvider {
    links: Links<Containers>,
}

impl BlobsProvider {
    /// The caller's container of this name.
    pub(super) fn container(
        &self,
        context: Option<&Context>,
        name: &str,
    ) -> Result<Arc<dyn Container>, String> {
        let containers = self.links.of_caller(context);
        let container = containers.and_then(|containers| containers.get(name).map(Arc::clone));
        container.ok_or_else(|| format!("this component has no container {name:?}"))
    }
}

impl Provider for BlobsProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        self.links.put(link.source_id, open(&Configuration::of_link(&link))?);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.links.remove(link.get_source_id());
        Ok(())
    }
}

fn open(config: &Configuration<'_>) -> Result<Containers> {
    let text = |name| config.find(name).map(str::to_owned);
    let options = S3Options {
        bucket: config.get("bucket")?.to_owned(),
        prefix: text("prefix").unwrap_or_default(),
        endpoint: text("endpoint"),
        region: text("region"),
        credentials: text("key").zip(text("secret")).map(|(key, secret)| Credentials { key, secret }),
    };
    let store = Store::on_s3(&options).context("the blob store")?;
    let service = config.get("service")?;
    let names: Vec<String> = config.read("containers")?;
    Ok(names.into_iter().map(|name| (name.clone(), store.container(service, &name))).collect())
}
