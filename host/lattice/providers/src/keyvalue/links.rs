//! Which component has which buckets.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context as _, Result};
use lyceum_keyvalue::{Bucket, BucketOptions, RedisStore};
use serde::Deserialize;
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::bindings::keyvalue::exports::wrpc::keyvalue::store::Error;
use crate::configuration::Configuration;

/// A bucket, as the manifest declares it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    /// In seconds.
    #[serde(default)]
    time_to_live: Option<u64>,
    #[serde(default)]
    entries: Option<u64>,
}

type Buckets = HashMap<String, Arc<dyn Bucket>>;

/// The provider. Its copies are one.
#[derive(Clone, Default)]
pub(super) struct KeyvalueProvider {
    links: Arc<RwLock<HashMap<String, Buckets>>>,
}

impl KeyvalueProvider {
    /// The caller's bucket of this name.
    pub(super) fn bucket(&self, context: Option<&Context>, name: &str) -> Result<Arc<dyn Bucket>, Error> {
        let component = context.and_then(|context| context.component.as_deref()).unwrap_or_default();
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        let bucket = links.get(component).and_then(|buckets| buckets.get(name));
        bucket.map(Arc::clone).ok_or(Error::NoSuchStore)
    }
}

impl Provider for KeyvalueProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        let buckets = open(&Configuration::of_link(&link))?;
        self.links.write().unwrap_or_else(PoisonError::into_inner).insert(link.source_id.to_owned(), buckets);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.links.write().unwrap_or_else(PoisonError::into_inner).remove(link.get_source_id());
        Ok(())
    }
}

fn open(config: &Configuration<'_>) -> Result<Buckets> {
    let store = RedisStore::open(config.get("url")?, config.get("application")?).context("url")?;
    let service = config.get("service")?;
    let declared: BTreeMap<String, Declared> = config.read("buckets")?;
    let buckets = declared.into_iter().map(|(name, declared)| {
        let options = BucketOptions {
            time_to_live: declared.time_to_live.map(Duration::from_secs),
            ..BucketOptions::default()
        };
        let entries = declared.entries.unwrap_or(options.entries);
        let bucket: Arc<dyn Bucket> = store.bucket(service, &name, BucketOptions { entries, ..options });
        (name, bucket)
    });
    Ok(buckets.collect())
}
