//! What stands behind `wasi:keyvalue`.

use std::sync::Arc;

use anyhow::{Context, Result};
use lyceum_keyvalue::{Bucket, BucketOptions, MemoryStore, RedisStore, WhenFull};
use lyceum_manifest::{BucketLink, KeyvalueLink};
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
                } else if let Ok(Some(policy)) = store.eviction_policy().await {
                    warn!(
                        %server,
                        policy,
                        "the key-value server forgets when its memory is full, so that ended sessions may come back \
                         to life: set maxmemory-policy to noeviction"
                    );
                }
                Ok(Self::Redis(store))
            }
            _ => anyhow::bail!("this host has no such key-value store"),
        }
    }

    /// The store, if it is in this process.
    pub(crate) fn memory(&self) -> Option<MemoryStore> {
        match self {
            Self::Memory(store) => Some(store.clone()),
            Self::Redis(_) => None,
        }
    }

    pub(crate) fn bucket(&self, component: &str, name: &str, link: &BucketLink) -> Arc<dyn Bucket> {
        let options = BucketOptions {
            time_to_live: link.time_to_live,
            entries: link.entries,
            when_full: if link.refuses_when_full { WhenFull::Refuse } else { WhenFull::Evict },
            ..BucketOptions::default()
        };
        match self {
            Self::Memory(store) => store.bucket(component, name, options),
            Self::Redis(store) => store.bucket(component, name, options),
        }
    }
}
