//! `wasi:keyvalue`: store, atomics and batch.

use std::sync::Arc;

use bytes::Bytes;
use lyceum_keyvalue::{Bucket, Error as Backend};
use wasmtime::component::Resource;

use crate::bindings::capabilities::wasi::keyvalue::store::{Error, HostBucket, KeyResponse};
use crate::bindings::capabilities::wasi::keyvalue::{atomics, batch, store};
use crate::guest::Guest;

/// A bucket that a guest has opened.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenBucket(Arc<dyn Bucket>);

impl From<Backend> for Error {
    fn from(error: Backend) -> Self {
        match error {
            Backend::NoSuchStore => Self::NoSuchStore,
            Backend::AccessDenied => Self::AccessDenied,
            Backend::Unavailable(_) | Backend::Full => Self::Other(error.to_string()),
            Backend::Other(why) => Self::Other(why),
        }
    }
}

impl Guest {
    fn bucket(&self, bucket: &Resource<OpenBucket>) -> wasmtime::Result<Arc<dyn Bucket>> {
        Ok(Arc::clone(&self.table.get(bucket)?.0))
    }
}

impl store::Host for Guest {
    async fn open(&mut self, identifier: String) -> wasmtime::Result<Result<Resource<OpenBucket>, Error>> {
        match self.links.keyvalue.get(&identifier) {
            Some(bucket) => Ok(Ok(self.table.push(OpenBucket(Arc::clone(bucket)))?)),
            None => Ok(Err(Error::NoSuchStore)),
        }
    }
}

impl HostBucket for Guest {
    async fn get(
        &mut self,
        bucket: Resource<OpenBucket>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let value = self.bucket(&bucket)?.get(&key).await;
        Ok(value.map(|value| value.map(Into::into)).map_err(Into::into))
    }

    async fn set(
        &mut self,
        bucket: Resource<OpenBucket>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket)?.set(&key, value.into()).await.map_err(Into::into))
    }

    async fn delete(
        &mut self,
        bucket: Resource<OpenBucket>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket)?.delete(&key).await.map_err(Into::into))
    }

    async fn exists(
        &mut self,
        bucket: Resource<OpenBucket>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        Ok(self.bucket(&bucket)?.exists(&key).await.map_err(Into::into))
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<OpenBucket>,
        cursor: Option<u64>,
    ) -> wasmtime::Result<Result<KeyResponse, Error>> {
        let keys = self.bucket(&bucket)?.list_keys(cursor).await;
        Ok(keys.map(|(keys, cursor)| KeyResponse { keys, cursor }).map_err(Into::into))
    }

    async fn drop(&mut self, bucket: Resource<OpenBucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for Guest {
    async fn increment(
        &mut self,
        bucket: Resource<OpenBucket>,
        key: String,
        delta: u64,
    ) -> wasmtime::Result<Result<u64, Error>> {
        Ok(self.bucket(&bucket)?.increment(&key, delta).await.map_err(Into::into))
    }
}

impl batch::Host for Guest {
    async fn get_many(
        &mut self,
        bucket: Resource<OpenBucket>,
        keys: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<Option<(String, Vec<u8>)>>, Error>> {
        let values = self.bucket(&bucket)?.get_many(&keys).await;
        Ok(values
            .map(|values| {
                let pairs = keys.into_iter().zip(values);
                pairs.map(|(key, value)| value.map(|value: Bytes| (key, value.into()))).collect()
            })
            .map_err(Into::into))
    }

    async fn set_many(
        &mut self,
        bucket: Resource<OpenBucket>,
        values: Vec<(String, Vec<u8>)>,
    ) -> wasmtime::Result<Result<(), Error>> {
        let values = values.into_iter().map(|(key, value)| (key, value.into())).collect();
        Ok(self.bucket(&bucket)?.set_many(values).await.map_err(Into::into))
    }

    async fn delete_many(
        &mut self,
        bucket: Resource<OpenBucket>,
        keys: Vec<String>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket)?.delete_many(&keys).await.map_err(Into::into))
    }
}
