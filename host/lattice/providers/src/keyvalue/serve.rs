//! Calls of components.

use anyhow::Result;
use bytes::Bytes;
use lyceum_keyvalue::Error as Backend;
use wasmcloud_provider_sdk::Context;

use super::links::KeyvalueProvider;
use crate::bindings::keyvalue::exports::wrpc::keyvalue::store::{Error, KeyResponse};
use crate::bindings::keyvalue::exports::wrpc::keyvalue::{atomics, batch, store};

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

type Answer<T> = Result<Result<T, Error>>;

impl store::Handler<Option<Context>> for KeyvalueProvider {
    async fn get(&self, context: Option<Context>, bucket: String, key: String) -> Answer<Option<Bytes>> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.get(&key).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }

    async fn set(&self, context: Option<Context>, bucket: String, key: String, value: Bytes) -> Answer<()> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.set(&key, value).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }

    async fn delete(&self, context: Option<Context>, bucket: String, key: String) -> Answer<()> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.delete(&key).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }

    async fn exists(&self, context: Option<Context>, bucket: String, key: String) -> Answer<bool> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.exists(&key).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }

    async fn list_keys(
        &self,
        context: Option<Context>,
        bucket: String,
        cursor: Option<u64>,
    ) -> Answer<KeyResponse> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => {
                let keys = bucket.list_keys(cursor).await;
                keys.map(|(keys, cursor)| KeyResponse { keys, cursor }).map_err(Into::into)
            }
            Err(error) => Err(error),
        })
    }
}

impl atomics::Handler<Option<Context>> for KeyvalueProvider {
    async fn increment(
        &self,
        context: Option<Context>,
        bucket: String,
        key: String,
        delta: u64,
    ) -> Answer<u64> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.increment(&key, delta).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }
}

impl batch::Handler<Option<Context>> for KeyvalueProvider {
    async fn get_many(
        &self,
        context: Option<Context>,
        bucket: String,
        keys: Vec<String>,
    ) -> Answer<Vec<Option<(String, Bytes)>>> {
        let bucket = match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket,
            Err(error) => return Ok(Err(error)),
        };
        Ok(match bucket.get_many(&keys).await {
            Ok(values) => {
                let pairs = keys.into_iter().zip(values);
                Ok(pairs.map(|(key, value)| value.map(|value| (key, value))).collect())
            }
            Err(error) => Err(error.into()),
        })
    }

    async fn set_many(
        &self,
        context: Option<Context>,
        bucket: String,
        values: Vec<(String, Bytes)>,
    ) -> Answer<()> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.set_many(values).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }

    async fn delete_many(&self, context: Option<Context>, bucket: String, keys: Vec<String>) -> Answer<()> {
        Ok(match self.bucket(context.as_ref(), &bucket) {
            Ok(bucket) => bucket.delete_many(&keys).await.map_err(Into::into),
            Err(error) => Err(error),
        })
    }
}
