//! An object on its way to a guest.

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::BoxStream;
use lyceum_blobs::{Error, Object};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, InputStream, Pollable, StreamError, StreamResult};

use super::in_time;
use crate::bindings::capabilities::wasi::blobstore::types::HostIncomingValue;
use crate::guest::Guest;

/// The largest value that is handed over in one piece, in bytes; larger ones are for the stream.
const ONE_PIECE: u64 = 1 << 20;

/// What a guest asked for, not yet read.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Incoming(Object);

impl Incoming {
    pub(super) fn new(object: Object) -> Self {
        Self(object)
    }

    fn size(&self) -> u64 {
        self.0.range.end - self.0.range.start
    }
}

impl HostIncomingValue for Guest {
    async fn incoming_value_consume_sync(
        &mut self,
        value: Resource<Incoming>,
    ) -> wasmtime::Result<Result<Vec<u8>, String>> {
        let value = self.table.delete(value)?;
        if value.size() > ONE_PIECE {
            return Ok(Err(format!("values of more than {ONE_PIECE} bytes are for the stream")));
        }
        let mut bytes = value.0.bytes;
        let all = async {
            let mut all = BytesMut::new();
            while let Some(piece) = bytes.next().await {
                all.extend_from_slice(&piece?);
            }
            Ok(all.into())
        };
        Ok(in_time(self.call().deadline, all).await)
    }

    async fn incoming_value_consume_async(
        &mut self,
        value: Resource<Incoming>,
    ) -> wasmtime::Result<Result<Resource<DynInputStream>, String>> {
        let value = self.table.delete(value)?;
        let reading: DynInputStream = Box::new(Reading { bytes: value.0.bytes, next: Ok(Bytes::new()) });
        Ok(Ok(self.table.push(reading)?))
    }

    async fn size(&mut self, value: Resource<Incoming>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&value)?.size())
    }

    async fn drop(&mut self, value: Resource<Incoming>) -> wasmtime::Result<()> {
        self.table.delete(value)?;
        Ok(())
    }
}

/// Reads on only when the guest has taken what was read.
struct Reading {
    bytes: BoxStream<'static, Result<Bytes, Error>>,
    /// What was read and not yet taken; an error, or `None` for the end, is the last that comes.
    next: Result<Bytes, Option<Error>>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Reading {
    async fn ready(&mut self) {
        while self.next.as_ref().is_ok_and(Bytes::is_empty) {
            self.next = match self.bytes.next().await {
                Some(Ok(bytes)) => Ok(bytes),
                Some(Err(error)) => Err(Some(error)),
                None => Err(None),
            };
        }
    }
}

impl InputStream for Reading {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        match &mut self.next {
            Ok(bytes) => Ok(bytes.split_to(size.min(bytes.len()))),
            Err(end) => Err(end.take().map_or(StreamError::Closed, |error| {
                StreamError::LastOperationFailed(wasmtime::Error::msg(error.to_string()))
            })),
        }
    }
}
