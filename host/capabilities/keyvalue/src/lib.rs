//! Lyceum's keyvalue capability: what stands behind `wasi:keyvalue`.
//!
//! A bucket belongs to one component. What a component wrote it reads back until the value's time to live is over
//! or the bucket is so full that older values had to make room, unless it refuses new ones then: keyvalue is for what
//! can be lost.
//!
//! Start reading at [`Bucket`]; [`MemoryStore`] is the embedded backend, [`RedisStore`] the one that several hosts
//! share. Every backend passes the suite in the
//! module `conformance`, behind the feature of that name.

#![forbid(unsafe_code)]

use async_trait::async_trait;
use bytes::Bytes;

#[cfg(feature = "conformance")]
pub mod conformance;
mod entries;
mod limits;
mod memory;
mod redis;

pub use self::redis::{RedisBucket, RedisStore};
pub use memory::{
    BucketOptions, BucketStatistics, Clock, MemoryBucket, MemoryStore, MonotonicClock, WhenFull,
};

/// One bucket of one component.
#[async_trait]
pub trait Bucket: Send + Sync + 'static {
    /// The value, unless it is absent or has expired.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, Error>;
    /// Sets the value and begins its time to live anew.
    async fn set(&self, key: &str, value: Bytes) -> Result<(), Error>;
    /// Removes the key; an absent one is not an error.
    async fn delete(&self, key: &str) -> Result<(), Error>;
    /// Whether there is a live value.
    async fn exists(&self, key: &str) -> Result<bool, Error>;
    /// A page of keys, which may be empty, and the cursor for the next call unless this was the last page.
    async fn list_keys(&self, cursor: Option<u64>) -> Result<(Vec<String>, Option<u64>), Error>;
    /// Adds `delta` atomically and returns the new value. A new counter starts at 0 and its time to
    /// live begins; later increments don't prolong it. The value reads as decimal text.
    async fn increment(&self, key: &str, delta: u64) -> Result<u64, Error>;
    /// `get` for several keys, in the order asked.
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, Error>;
    /// `set` for several keys.
    async fn set_many(&self, values: Vec<(String, Bytes)>) -> Result<(), Error>;
    /// `delete` for several keys.
    async fn delete_many(&self, keys: &[String]) -> Result<(), Error>;
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The link gives the component no such bucket.
    #[error("no such store")]
    NoSuchStore,
    /// There is such a bucket, but not for this component.
    #[error("access denied")]
    AccessDenied,
    /// The store's server can't be reached or doesn't answer in time; it may pass.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The bucket has no room for one more, and was told to refuse it; there is room when others have expired.
    #[error("the bucket is full")]
    Full,
    /// Anything else, such as a counter on a value that is no number, or a value over the limit.
    #[error("{0}")]
    Other(String),
}
