//! `wasi:keyvalue` on the store in memory.

use std::sync::Arc;

use bytes::Bytes;
use lyceum_keyvalue::{Bucket, BucketOptions, Error as Backend, MemoryBucket, MemoryStore};
use lyceum_kit::host::keyvalue::{Error, KeyValue, OpenBucket};

use crate::runtime::wait;

/// Every bucket of one component; a manifest's limits don't hold here.
pub(crate) struct Buckets {
    store: MemoryStore,
    component: String,
}

struct Opened(Arc<MemoryBucket>);

impl Buckets {
    pub(crate) fn of(component: &str) -> Self {
        Self { store: MemoryStore::new(), component: component.to_owned() }
    }
}

fn error(error: Backend) -> Error {
    match error {
        Backend::NoSuchStore => Error::NoSuchStore,
        Backend::AccessDenied => Error::AccessDenied,
        Backend::Unavailable(_) | Backend::Full => Error::Other(error.to_string()),
        Backend::Other(reason) => Error::Other(reason),
    }
}

impl KeyValue for Buckets {
    fn open(&self, name: &str) -> Result<Box<dyn OpenBucket>, Error> {
        Ok(Box::new(Opened(self.store.bucket(&self.component, name, BucketOptions::default()))))
    }
}

impl OpenBucket for Opened {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        wait(self.0.get(key)).map(|value| value.map(Into::into)).map_err(error)
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        wait(self.0.set(key, Bytes::copy_from_slice(value))).map_err(error)
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        wait(self.0.delete(key)).map_err(error)
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        wait(self.0.exists(key)).map_err(error)
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let found = wait(self.0.get_many(keys)).map_err(error)?;
        Ok(found.into_iter().map(|value| value.map(Into::into)).collect())
    }

    fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), Error> {
        let entries = entries.iter().map(|(key, value)| (key.clone(), Bytes::copy_from_slice(value)));
        wait(self.0.set_many(entries.collect())).map_err(error)
    }

    fn increment(&self, key: &str, delta: u64) -> Result<u64, Error> {
        wait(self.0.increment(key, delta)).map_err(error)
    }
}

crate::host::named!(Buckets, Opened);
