//! Containers of `wasi:blobstore`: objects of any size, streamed in and out.

mod digest;
mod disposition;
mod download;
mod range;

use std::{
    future::poll_fn,
    ops::Range,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use sha2::{Digest, Sha256};

#[cfg_attr(
    not(target_family = "wasm"),
    allow(unused_imports, reason = "a trait object has the methods itself")
)]
use crate::host::blobs::{BlobReader as _, BlobWriter as _, OpenContainer as _};
use crate::{event::EventError, host::blobs as host, http::BodyError, log, problem::Problem};

pub use digest::Sha256Digest;
pub use download::Download;

/// The most that one host call reads.
const CHUNK: u64 = 64 * 1024;
/// How the host says that there is no such object.
const NO_SUCH_OBJECT: &str = "no such object";

/// An open container.
#[derive(Debug)]
pub struct Container(host::Container);

/// What was stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stored {
    /// In bytes.
    pub size: u64,
    /// Of all the bytes.
    pub sha256: [u8; 32],
}

/// Why a container's call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// There is no object of that name.
    #[error("there is no such object")]
    NoSuchObject,
    /// What was to be stored broke off. Nothing was stored.
    #[error("the content broke off: {0}")]
    Incomplete(String),
    /// There was more to be stored than allowed. Nothing was stored.
    #[error("the content has more than {0} bytes")]
    TooLarge(u64),
    /// What was to be stored is not what the caller wants to be stored. Nothing was stored.
    #[error("{}", .0.detail())]
    Refused(Problem),
    /// Anything else; it may pass.
    #[error("the blob store can't be used: {0}")]
    Unavailable(String),
}

impl From<String> for BlobError {
    fn from(reason: String) -> Self {
        if reason == NO_SUCH_OBJECT { Self::NoSuchObject } else { Self::Unavailable(reason) }
    }
}

impl From<BlobError> for EventError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Unavailable(_) => Self::unavailable(error),
            error => Self::failed(error),
        }
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Incomplete(_) => Self::bad_request("BODY_INCOMPLETE", "The body broke off."),
            BlobError::TooLarge(limit) => Self::too_large(limit),
            BlobError::Refused(problem) => problem,
            BlobError::NoSuchObject => {
                log::error("an object that should be there is missing");
                Self::internal()
            }
            BlobError::Unavailable(reason) => {
                log::warn(reason);
                Self::unavailable(std::time::Duration::from_secs(2))
            }
        }
    }
}

impl Container {
    /// Opens a container that the manifest grants to this component.
    pub fn open(name: &str) -> Result<Self, BlobError> {
        Ok(Self(host::open(name)?))
    }

    /// Begins an object, which replaces one of that name when it is finished.
    pub fn create(&self, name: &str) -> Result<Upload, BlobError> {
        Ok(Upload { writer: self.0.write(name)?, size: 0, sha256: Sha256::new() })
    }

    /// Stores a body of at most `limit` bytes as it comes, if `accept` has nothing against it once its size and digest
    /// are known. Otherwise nothing is stored.
    pub fn put(
        &self,
        name: &str,
        body: Body,
        limit: u64,
        accept: impl FnOnce(&Stored) -> Result<(), Problem>,
    ) -> Result<Stored, BlobError> {
        let mut upload = self.create(name)?;
        upload.append(body, limit)?;
        let stored = upload.so_far();
        accept(&stored).map_err(BlobError::Refused)?;
        upload.finish()?;
        Ok(stored)
    }

    /// These bytes of an object, counted from 0. The body ends with an error if the object has not all of them. The host
    /// checks a whole object, from 0 up to its size, against its digest while it is read.
    pub fn get(&self, name: &str, wanted: Range<u64>) -> Result<Body, BlobError> {
        // Not every host can tell how many will come.
        let remaining = wanted.end.saturating_sub(wanted.start);
        let Some(last) = wanted.end.checked_sub(1).filter(|_| remaining > 0) else {
            return Ok(Body::empty());
        };
        let reader = self.0.read(name, wanted.start, last)?;
        Ok(Body::new(ObjectBody { reader: Some(reader), remaining }))
    }

    /// An object's size in bytes.
    pub fn size(&self, name: &str) -> Result<u64, BlobError> {
        Ok(self.0.size(name)?)
    }

    /// Deletes an object; an absent one is no error.
    pub fn delete(&self, name: &str) -> Result<(), BlobError> {
        Ok(self.0.delete(name)?)
    }
}

/// An object that is being written. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct Upload {
    writer: host::Writer,
    size: u64,
    sha256: Sha256,
}

impl Upload {
    /// Adds a body, as long as the object then has at most `limit` bytes.
    pub fn append(&mut self, mut body: Body, limit: u64) -> Result<(), BlobError> {
        loop {
            let frame = crate::block_on::block_on(poll_fn(|context| Pin::new(&mut body).poll_frame(context)));
            match frame {
                Some(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    self.write(&data, limit)?;
                }
                Some(Some(Err(error))) if BodyError::is_too_large(&error) => {
                    return Err(BlobError::TooLarge(limit));
                }
                Some(Some(Err(error))) => return Err(BlobError::Incomplete(error.to_string())),
                None => return Err(BlobError::Incomplete("it never comes".to_owned())),
                Some(None) => return Ok(()),
            }
        }
    }

    /// Adds bytes, as long as the object then has at most `limit`.
    pub fn write(&mut self, bytes: &[u8], limit: u64) -> Result<(), BlobError> {
        let size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if size > limit {
            return Err(BlobError::TooLarge(limit));
        }
        if self.writer.write(bytes).is_err() {
            // The store takes no more; the end says why.
            return Err(self.writer.finish().err().map_or_else(ended, BlobError::from));
        }
        self.size = size;
        self.sha256.update(bytes);
        Ok(())
    }

    /// Size and digest of what was written until now.
    pub fn so_far(&self) -> Stored {
        Stored { size: self.size, sha256: self.sha256.clone().finalize().into() }
    }

    /// Puts the object in its place.
    pub fn finish(mut self) -> Result<Stored, BlobError> {
        self.writer.finish()?;
        Ok(self.so_far())
    }
}

fn ended() -> BlobError {
    BlobError::Unavailable("the object has ended".to_owned())
}

/// An object that the host streams.
struct ObjectBody {
    reader: Option<host::Reader>,
    remaining: u64,
}

impl ObjectBody {
    fn read(&mut self) -> Option<Result<Bytes, BlobError>> {
        let broken = match self.reader.as_mut()?.read(CHUNK) {
            Ok(Some(bytes)) => {
                self.remaining =
                    self.remaining.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                return Some(Ok(bytes.into()));
            }
            Ok(None) => (self.remaining > 0).then(|| "it ends too early".to_owned()),
            Err(reason) => Some(reason),
        };
        self.reader = None;
        let reason = broken?;
        log::error(format!("an object can't be read: {reason}"));
        Some(Err(BlobError::Unavailable(reason)))
    }
}

impl HttpBody for ObjectBody {
    type Data = Bytes;
    type Error = BlobError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BlobError>>> {
        Poll::Ready(self.get_mut().read().map(|read| read.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
