//! Buckets of `wasi:keyvalue`: quick, bounded, and allowed to forget.

#[cfg_attr(
    not(target_family = "wasm"),
    allow(unused_imports, reason = "a trait object has the methods itself")
)]
use crate::host::keyvalue::OpenBucket as _;
use crate::{event::EventError, host::keyvalue as store};

/// An open bucket.
#[derive(Debug)]
pub struct Bucket(store::Open);

/// Why a bucket's call failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyValueError {
    /// This component has no link to such a bucket.
    #[error("there is no such bucket")]
    NoSuchBucket,
    /// It may not use it.
    #[error("the bucket may not be used")]
    AccessDenied,
    /// Anything else; it may pass.
    #[error("the bucket can't be used: {0}")]
    Unavailable(String),
}

impl From<KeyValueError> for EventError {
    fn from(error: KeyValueError) -> Self {
        match error {
            KeyValueError::Unavailable(_) => Self::unavailable(error),
            error => Self::failed(error),
        }
    }
}

impl From<store::Error> for KeyValueError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NoSuchStore => Self::NoSuchBucket,
            store::Error::AccessDenied => Self::AccessDenied,
            store::Error::Other(reason) => Self::Unavailable(reason),
        }
    }
}

impl Bucket {
    /// Opens a bucket that the manifest links to this component.
    pub fn open(name: &str) -> Result<Self, KeyValueError> {
        Ok(Self(store::open(name)?))
    }

    /// A key's value.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        Ok(self.0.get(key)?)
    }

    /// The values of several keys, in their order, by one host call.
    pub fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, KeyValueError> {
        Ok(self.0.get_many(keys)?)
    }

    /// Sets a key.
    pub fn set(&self, key: &str, value: &[u8]) -> Result<(), KeyValueError> {
        Ok(self.0.set(key, value)?)
    }

    /// Sets several keys by one host call. Not atomic.
    pub fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), KeyValueError> {
        Ok(self.0.set_many(entries)?)
    }

    /// Forgets a key.
    pub fn delete(&self, key: &str) -> Result<(), KeyValueError> {
        Ok(self.0.delete(key)?)
    }

    /// Whether the key is there.
    pub fn exists(&self, key: &str) -> Result<bool, KeyValueError> {
        Ok(self.0.exists(key)?)
    }

    /// Adds to a counter, atomically; its new value.
    pub fn increment(&self, key: &str, delta: u64) -> Result<u64, KeyValueError> {
        Ok(self.0.increment(key, delta)?)
    }
}
