//! An object on its way from a guest.

use bytes::Bytes;
use lyceum_blobs::{Error, Upload};
use tokio::sync::mpsc::{self, OwnedPermit, Receiver, Sender};
use tokio::task::JoinHandle;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynOutputStream, OutputStream, Pollable, StreamError, StreamResult};

use super::in_time;
use crate::bindings::capabilities::wasi::blobstore::types::{Host, HostOutgoingValue};
use crate::guest::Guest;

/// Bytes that a guest may write at once.
const PIECE: usize = 64 << 10;
/// Pieces that wait for the store; a guest that is quicker waits too.
const PIECES: usize = 4;

/// What a guest writes.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Outgoing {
    /// `None` once the guest has it.
    body: Option<Sender<Bytes>>,
    state: State,
}

enum State {
    /// Not yet given to a container.
    New(Receiver<Bytes>),
    /// On its way into the store.
    Sending(Sending),
    Failed(String),
}

/// Moves pieces into the store until the guest's stream ends. Dropping it gives the upload up.
struct Sending(JoinHandle<Result<Box<dyn Upload>, Error>>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Outgoing {
    /// Lets the pieces flow.
    pub(super) fn send_to(&mut self, mut upload: Box<dyn Upload>) -> Result<(), String> {
        let again = "a value can be written once".to_owned();
        let State::New(mut pieces) = std::mem::replace(&mut self.state, State::Failed(again.clone())) else {
            return Err(again);
        };
        self.state = State::Sending(Sending(tokio::spawn(async move {
            while let Some(bytes) = pieces.recv().await {
                upload.write(bytes).await?;
            }
            Ok(upload)
        })));
        Ok(())
    }
}

impl Host for Guest {}

impl HostOutgoingValue for Guest {
    async fn new_outgoing_value(&mut self) -> wasmtime::Result<Resource<Outgoing>> {
        let (body, pieces) = mpsc::channel(PIECES);
        Ok(self.table.push(Outgoing { body: Some(body), state: State::New(pieces) })?)
    }

    async fn outgoing_value_write_body(
        &mut self,
        value: Resource<Outgoing>,
    ) -> wasmtime::Result<Result<Resource<DynOutputStream>, ()>> {
        let Some(pieces) = self.table.get_mut(&value)?.body.take() else { return Ok(Err(())) };
        let stream: DynOutputStream = Box::new(Writing { pieces, room: None });
        // A child: the value can't go before it.
        Ok(Ok(self.table.push_child(stream, &value)?))
    }

    async fn finish(&mut self, value: Resource<Outgoing>) -> wasmtime::Result<Result<(), String>> {
        let Outgoing { body, state } = self.table.delete(value)?;
        // A value that nobody wrote to is an empty one.
        drop(body);
        let mut sending = match state {
            State::New(_) => return Ok(Err("the value was given to no container".to_owned())),
            State::Failed(error) => return Ok(Err(error)),
            State::Sending(sending) => sending,
        };
        let finished = async {
            let sent = (&mut sending.0).await.map_err(|error| Error::Unavailable(error.to_string()));
            sent.flatten()?.finish().await
        };
        Ok(in_time(self.call().deadline, finished).await)
    }

    async fn drop(&mut self, value: Resource<Outgoing>) -> wasmtime::Result<()> {
        self.table.delete(value)?;
        Ok(())
    }
}

/// A guest's end of the stream. It is closed when the store takes no more; `finish` says why.
struct Writing {
    pieces: Sender<Bytes>,
    room: Option<OwnedPermit<Bytes>>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Writing {
    async fn ready(&mut self) {
        if self.room.is_none() {
            self.room = self.pieces.clone().reserve_owned().await.ok();
        }
    }
}

impl OutputStream for Writing {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > PIECE {
            return Err(StreamError::trap("more was written than there is room for"));
        }
        match self.room.take() {
            Some(room) => drop(room.send(bytes)),
            None => return Err(StreamError::trap("it was written when there was no room")),
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        if self.pieces.is_closed() {
            return Err(StreamError::Closed);
        }
        if self.room.is_none() {
            self.room = self.pieces.clone().try_reserve_owned().ok();
        }
        Ok(if self.room.is_some() { PIECE } else { 0 })
    }
}
