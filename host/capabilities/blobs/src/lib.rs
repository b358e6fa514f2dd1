//! Lyceum's blobs capability: what stands behind `wasi:blobstore`.
//!
//! A container belongs to one component and holds objects of any size by name. What it guarantees:
//! - an object is there as a whole or not at all: one that is being written is never seen, and an upload that is
//!   dropped leaves nothing behind;
//! - an object is never held in memory, neither when it is written nor when it is read;
//! - what is written is sealed with its SHA-256, and who reads an object as a whole learns that it is not what was
//!   written before the last of its bytes are handed out.
//!
//! Start reading at [`Container`] and [`Upload`]; a [`Store`] in a folder is the embedded backend, one on S3 the one
//! that several hosts share. `seal.rs` says how objects are stored. Every backend passes the suite in the module
//! `conformance`, behind the feature of that name.

#![forbid(unsafe_code)]

use std::ops::Range;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

#[cfg(feature = "conformance")]
pub mod conformance;
mod container;
mod copy;
mod folder;
mod name;
mod patience;
mod read;
mod s3;
mod seal;
mod several;
mod store;
mod upload;

pub use copy::{Copied, StoredObject};
pub use s3::{Credentials, S3Options};
pub use several::{clear, copy, has};
pub use store::Store;

/// One container of one component.
#[async_trait]
pub trait Container: Send + Sync + 'static {
    /// Begins to write the object, which replaces one of that name once it is finished.
    async fn write(&self, name: &str) -> Result<Box<dyn Upload>, Error>;
    /// The bytes of the object from `range.start` on and up to `range.end`, or its end if that comes first. The seal
    /// is checked if that is the whole object.
    async fn read(&self, name: &str, range: Range<u64>) -> Result<Object, Error>;
    /// What is known of the object.
    async fn info(&self, name: &str) -> Result<ObjectInfo, Error>;
    /// Removes the object; an absent one is not an error.
    async fn delete(&self, name: &str) -> Result<(), Error>;
    /// The names of all objects, in no order.
    fn list(&self) -> BoxStream<'static, Result<String, Error>>;
}

/// An object that is being written. Dropped before it is finished, it leaves nothing behind.
#[async_trait]
pub trait Upload: Send {
    /// Adds to the object. Returns when there is room for more, so a slow store slows its writer down.
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error>;
    /// Puts the object in its place, durably.
    async fn finish(self: Box<Self>) -> Result<(), Error>;
}

/// An object that is being read.
pub struct Object {
    /// What is known of it.
    pub info: ObjectInfo,
    /// Which of its bytes follow.
    pub range: Range<u64>,
    /// The bytes; an error ends them.
    pub bytes: BoxStream<'static, Result<Bytes, Error>>,
}

/// What is known of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    /// In bytes.
    pub size: u64,
    /// When it was written.
    pub written: SystemTime,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no object of that name.
    #[error("no such object")]
    NoSuchObject,
    /// An object can't have this name.
    #[error("an object can't have this name: {0}")]
    Name(String),
    /// The object ends before the range begins.
    #[error("the object has only {0} bytes")]
    Range(u64),
    /// The object is not what was written.
    #[error("the object is damaged: {0}")]
    Damaged(String),
    /// The store can't be reached, refuses us, or doesn't answer in time; it may pass.
    #[error("the blob store is not available: {0}")]
    Unavailable(String),
    /// Lyceum was told something that can't be.
    #[error("{0}")]
    Configuration(String),
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NoSuchObject,
            other => Self::Unavailable(in_one_line(&other)),
        }
    }
}

/// The beginning of an error: servers answer with many lines of XML, down to what was signed.
fn in_one_line(error: &dyn std::error::Error) -> String {
    const MAX_LENGTH: usize = 400;
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_LENGTH).collect()
}
