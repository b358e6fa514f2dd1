//! What stands behind `wasi:keyvalue`.

use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_keyvalue::{Bucket, BucketOptions, MemoryStore, RedisStore};
use lyceum_manifest::KeyvalueLink;
use tracing::warn;

/// The store that the operator chose.
pub(crate) enum Buckets {
    Memory(MemoryStore),
    Redis(RedisStore),
}

impl Buckets {
    /// Opens it. That a server doesn't answer yet is told, and no reason not to start: services say 503 until it
    /// does.
    pub(crate) async fn open(link: &KeyvalueLink, application: &str) -> Result<Self> {
        match link {
            KeyvalueLink::Memory => Ok(Self::Memory(MemoryStore::new())),
            KeyvalueLink::Redis(server) => {
                let store = RedisStore::open(server.reveal(), application).context("LYCEUM_KEYVALUE")?;
                if let Err(error) = store.ping().await {
                    warn!(%server, %error, "the key-value server does not answer yet");
                }
                Ok(Self::Redis(store))
            }
            _ => anyhow::bail!("this host has no such key-value store"),
        }
    }

    pub(crate) fn bucket(&self, component: &str, name: &str, options: BucketOptions) -> Arc<dyn Bucket> {
        match self {
            Self::Memory(store) => store.bucket(component, name, options),
            Self::Redis(store) => store.bucket(component, name, options),
        }
    }
}
