//! Which component has which buckets.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use lyceum_keyvalue::{Bucket, BucketOptions, RedisStore};
use serde::Deserialize;
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::bindings::keyvalue::exports::wrpc::keyvalue::store::Error;
use crate::configuration::Configuration;
use crate::links::Links;

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
    links: Links<Buckets>,
}

impl KeyvalueProvider {
    /// The caller's bucket of this name.
    pub(super) fn bucket(&self, context: Option<&Context>, name: &str) -> Result<Arc<dyn Bucket>, Error> {
        let buckets = self.links.of_caller(context);
        buckets.and_then(|buckets| buckets.get(name).map(Arc::clone)).ok_or(Error::NoSuchStore)
    }
}

impl Provider for KeyvalueProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        self.links.put(link.source_id, open(&Configuration::of_link(&link))?);
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.links.remove(link.get_source_id());
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
