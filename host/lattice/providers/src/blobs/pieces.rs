//! The bytes of an upload, as they come, and whether they came to their end.
//!
//! On the wire a stream of bytes is a list of pieces with an empty one at its end. wRPC's own decoder makes the same of an
//! end and of a writer that went away, whose transport closes the channel.
//!
//! wRPC doesn't know how to slow a writer down, and all calls come by one connection: what isn't taken at once would wait
//! in memory, in front of everybody else's. So everything is taken at once and may wait here, until [`ROOM`] is full. Then
//! the store is slower than its writers for good, and uploads are refused.

use std::io;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use tokio::io::AsyncRead;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use wit_bindgen_wrpc::tokio_util::codec::{Decoder, FramedRead};
use wit_bindgen_wrpc::wasm_tokio::CoreVecDecoderBytes;
use wit_bindgen_wrpc::wrpc_transport::{Decode, Deferred, DeferredFn, Incoming, Index, ListDecoder};

/// Bytes that may wait for the store, of all uploads together.
static ROOM: Semaphore = Semaphore::const_new(64 << 20);

/// What comes.
pub(super) struct Pieces(mpsc::UnboundedReceiver<Result<Waiting, Interrupted>>);

/// A piece, and the room that it takes.
type Waiting = (Bytes, SemaphorePermit<'static>);

/// Why no more comes although there was no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Interrupted {
    /// The writer went away.
    #[error("the object was given up")]
    BrokenOff,
    /// There is no room.
    #[error("the blob store is not available: it is slower than what is written")]
    TooFast,
}

impl Pieces {
    /// Pieces, and where they come from.
    pub(super) fn channel() -> (Sender, Self) {
        Self::channel_with(&ROOM)
    }

    fn channel_with(room: &'static Semaphore) -> (Sender, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Sender { sender, room }, Self(receiver))
    }

    /// The next bytes; `None` is the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Interrupted>> {
        Some(self.0.recv().await?.map(|(bytes, _room)| bytes))
    }
}

/// Reads the stream's beginning, which is either all of it or the word that it follows.
pub(super) struct PiecesDecoder<R> {
    pieces: CoreVecDecoderBytes,
    rest: Option<DeferredFn<Incoming<R>>>,
}

impl<R> Default for PiecesDecoder<R> {
    fn default() -> Self {
        Self { pieces: CoreVecDecoderBytes::default(), rest: None }
    }
}

impl<R> Deferred<Incoming<R>> for PiecesDecoder<R> {
    fn take_deferred(&mut self) -> Option<DeferredFn<Incoming<R>>> {
        self.rest.take()
    }
}

impl<R> Decoder for PiecesDecoder<R>
where
    R: AsyncRead + Index<R> + Send + Sync + Unpin + 'static,
{
    type Item = Pieces;
    type Error = io::Error;

    fn decode(&mut self, source: &mut BytesMut) -> io::Result<Option<Pieces>> {
        let Some(all) = self.pieces.decode(source)? else { return Ok(None) };
        let (sender, pieces) = Pieces::channel();
        if all.is_empty() {
            self.rest = Some(Box::new(|incoming, path| {
                Box::pin(async move {
                    // A channel of its own, unless the stream is all there is.
                    let incoming = if path.is_empty() { Ok(incoming) } else { incoming.index(&path) };
                    sender.receive(incoming.map_err(io::Error::other)?).await;
                    Ok(())
                })
            }));
        } else {
            sender.send(Ok(all));
        }
        Ok(Some(pieces))
    }
}

impl<R> Decode<R> for Pieces
where
    R: AsyncRead + Index<R> + Send + Sync + Unpin + 'static,
{
    type Decoder = PiecesDecoder<R>;
    type ListDecoder = ListDecoder<Self::Decoder, R>;
}

/// Where pieces come from; dropped, it is their end.
pub(super) struct Sender {
    sender: mpsc::UnboundedSender<Result<Waiting, Interrupted>>,
    room: &'static Semaphore,
}

impl Sender {
    /// Hands on what comes.
    async fn receive(self, incoming: impl AsyncRead + Unpin) {
        let mut pieces = FramedRead::new(incoming, CoreVecDecoderBytes::default());
        loop {
            let more = match pieces.next().await {
                Some(Ok(bytes)) => !bytes.is_empty() && self.send(Ok(bytes)),
                Some(Err(_)) | None => self.send(Err(Interrupted::BrokenOff)),
            };
            if !more {
                return;
            }
        }
    }

    /// Hands on a piece, and says whether another one may follow.
    pub(super) fn send(&self, piece: Result<Bytes, Interrupted>) -> bool {
        let piece = piece.and_then(|bytes| {
            let taken = self.room.try_acquire_many(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            taken.map(|taken| (bytes, taken)).map_err(|_| Interrupted::TooFast)
        });
        let more = piece.is_ok();
        self.sender.send(piece).is_ok() && more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(bytes: usize) -> &'static Semaphore {
        Box::leak(Box::new(Semaphore::new(bytes)))
    }

    async fn received(wire: &[u8], bytes: usize) -> Vec<Result<Bytes, Interrupted>> {
        let (sender, mut pieces) = Pieces::channel_with(room(bytes));
        sender.receive(wire).await;
        let mut all = Vec::new();
        while let Some(piece) = pieces.next().await {
            all.push(piece);
        }
        all
    }

    #[tokio::test]
    async fn a_stream_with_an_empty_last_piece_is_whole() {
        let pieces = received(b"\x03one\x03two\x00", 6).await;
        assert_eq!(pieces, [Ok(Bytes::from("one")), Ok(Bytes::from("two"))]);
        assert_eq!(received(b"\x00", 0).await, []);
    }

    #[tokio::test]
    async fn a_stream_without_an_empty_last_piece_was_broken_off() {
        let broken_off = || Err(Interrupted::BrokenOff);
        assert_eq!(received(b"", 9).await, [broken_off()]);
        assert_eq!(received(b"\x03one", 9).await, [Ok(Bytes::from("one")), broken_off()]);
        assert_eq!(received(b"\x03one\x03t", 9).await, [Ok(Bytes::from("one")), broken_off()]);
    }

    #[tokio::test]
    async fn a_piece_beyond_the_buffer_ends_the_stream() {
        let pieces = received(b"\x03one\x03two\x00", 5).await;
        assert_eq!(pieces, [Ok(Bytes::from("one")), Err(Interrupted::TooFast)]);
        // What was taken gives its room back.
        let (sender, mut pieces) = Pieces::channel_with(room(3));
        for _ in 0..2 {
            assert!(sender.send(Ok(Bytes::from("one"))));
            assert_eq!(pieces.next().await, Some(Ok(Bytes::from("one"))));
        }
    }
}
