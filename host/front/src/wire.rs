//! The bytes of a connection: each request's head is looked at before the HTTP library gets it.
//!
//! The library is handed whole heads only, and never a byte of what follows a request together with it: so nothing that
//! has come of the next one, or an empty line (RFC 9112, 2.2), can hold up an answer. In place of a head that can't be
//! read it gets another one, whose answer says what was wrong; it is the connection's last.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::dialogue::Dialogue;
use crate::framing::Framing;
use crate::head::Head;
use crate::refusal::Refusal;

/// How long a client that still sends is listened to after the last answer, so that the answer isn't lost with the
/// connection (RFC 9112, 9.6).
const LINGER: Duration = Duration::from_secs(5);
/// The most that is read at once, in bytes.
const PART: usize = 8 << 10;

/// A connection's bytes in both directions.
pub(crate) struct Wire<S> {
    socket: S,
    dialogue: Arc<Dialogue>,
    /// How long a head may take, and how long nothing may come between two requests.
    patience: Duration,
    /// What has come and wasn't handed over: at most a head and a part.
    came: BytesMut,
    /// So many bytes of it are to be handed over.
    released: usize,
    next: Next,
    /// What is waited for, and until when.
    waiting: Option<(Waiting, Pin<Box<Sleep>>)>,
    /// After the last answer: whether the client still sends, and until when that is read.
    lingering: Option<(bool, Pin<Box<Sleep>>)>,
}

/// What comes next.
#[derive(Debug)]
enum Next {
    /// A head. Whether what has come of it is worth to be looked at again.
    Head(bool),
    Body(Framing),
    /// Nothing more is read.
    Nothing,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Waiting {
    ForARequest,
    ForTheRestOfAHead,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: S, dialogue: Arc<Dialogue>, patience: Duration) -> Self {
        Self {
            socket,
            dialogue,
            patience,
            came: BytesMut::new(),
            released: 0,
            next: Next::Head(false),
            waiting: None,
            lingering: None,
        }
    }

    /// Reads a part; 0 at the end.
    fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [MaybeUninit::uninit(); PART];
        let mut part = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut self.socket).poll_read(context, &mut part))?;
        self.came.extend_from_slice(part.filled());
        Poll::Ready(Ok(part.filled().len()))
    }

    /// Ready when a head, or what stands in for one, is released; with false when none will come.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            self.skip_empty_lines();
            if let Next::Head(worth @ true) = &mut self.next
                && !self.came.is_empty()
            {
                *worth = false;
                match Head::of(&self.came) {
                    Head::Incomplete => {}
                    Head::Whole(length, body) => {
                        self.released = length;
                        self.next = Next::Body(body);
                        self.waiting = None;
                        self.dialogue.hand_over();
                        return Poll::Ready(Ok(true));
                    }
                    Head::Unreadable(refusal) => return Poll::Ready(Ok(self.refuse(refusal))),
                }
            }
            let before = self.came.len();
            match self.fill(context) {
                Poll::Pending => return self.poll_patience(context).map(Ok),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(0)) if self.came.is_empty() => return Poll::Ready(Ok(false)),
                Poll::Ready(Ok(0)) => {
                    let refusal = Refusal::malformed("The request's head breaks off.");
                    return Poll::Ready(Ok(self.refuse(refusal)));
                }
                Poll::Ready(Ok(_)) => {
                    // A head is whole at the end of a line only; that it is too long or no HTTP shows earlier.
                    let grown = self.came.get(before..).unwrap_or_default();
                    let worth = before == 0 || before > PART || grown.contains(&b'\n');
                    self.next = Next::Head(worth);
                }
            }
        }
    }

    /// A server should ignore them in front of a request (RFC 9112, 2.2).
    fn skip_empty_lines(&mut self) {
        loop {
            match self.came.as_ref() {
                [b'\r', b'\n', ..] => self.came.advance(2),
                [b'\n', ..] => self.came.advance(1),
                _ => break,
            }
            self.next = Next::Head(true);
        }
    }

    /// Nothing has come: how long may that go on?
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let waiting = if self.came.is_empty() { Waiting::ForARequest } else { Waiting::ForTheRestOfAHead };
        if waiting == Waiting::ForARequest {
            // A connection that waits for long keeps no memory.
            self.came = BytesMut::new();
            if self.dialogue.is_busy() {
                self.waiting = None;
                return Poll::Pending;
            }
        }
        let sleep = match &mut self.waiting {
            Some((what, sleep)) if *what == waiting => sleep,
            other => {
                let patience = Box::pin(sleep(self.patience));
                &mut other.insert((waiting, patience)).1
            }
        };
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(match waiting {
            Waiting::ForARequest => false,
            Waiting::ForTheRestOfAHead => self.refuse(Refusal::too_slow()),
        })
    }

    /// Releases what stands in for a request that can't be read. Nothing after it is read.
    fn refuse(&mut self, refusal: Refusal) -> bool {
        let stand_in = refusal.stand_in();
        self.came = BytesMut::from(stand_in.as_bytes());
        self.released = self.came.len();
        self.next = Next::Nothing;
        self.waiting = None;
        self.dialogue.refuse(refusal);
        true
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        loop {
            if wire.released > 0 {
                let length = wire.released.min(target.remaining());
                target.put_slice(wire.came.get(..length).unwrap_or_default());
                wire.came.advance(length);
                wire.released -= length;
                return Poll::Ready(Ok(()));
            }
            if wire.dialogue.is_raw() {
                if wire.came.is_empty() {
                    return Pin::new(&mut wire.socket).poll_read(context, target);
                }
                wire.released = wire.came.len();
                continue;
            }
            match &mut wire.next {
                Next::Nothing => return Poll::Pending,
                Next::Body(body) if body.has_ended() => wire.next = Next::Head(true),
                Next::Body(body) if !wire.came.is_empty() => wire.released = body.follow(&wire.came),
                Next::Body(Framing::Chunked(_)) => {
                    if ready!(wire.fill(context))? == 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
                // Straight to the reader, but nothing beyond the body's end.
                Next::Body(body) => {
                    let most = match body {
                        Framing::Length(left) => usize::try_from(*left).unwrap_or(usize::MAX),
                        _ => usize::MAX,
                    };
                    let mut space = [MaybeUninit::uninit(); PART];
                    let space = space.get_mut(..most.min(PART).min(target.remaining())).unwrap_or_default();
                    let mut part = ReadBuf::uninit(space);
                    ready!(Pin::new(&mut wire.socket).poll_read(context, &mut part))?;
                    body.follow(part.filled());
                    target.put_slice(part.filled());
                    return Poll::Ready(Ok(()));
                }
                Next::Head(_) => {
                    if !ready!(wire.poll_head(context))? {
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().socket).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    /// Says that nothing more is sent. While the client still sends it is listened to for a while: closed at once, the
    /// connection would be reset, and the reset could overtake the answer.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.lingering.is_none() {
            ready!(Pin::new(&mut wire.socket).poll_shutdown(context))?;
            let sends = matches!(wire.next, Next::Nothing) || !wire.came.is_empty();
            wire.lingering = Some((sends, Box::pin(sleep(LINGER))));
        }
        let Some((sends, until)) = &mut wire.lingering else { return Poll::Ready(Ok(())) };
        if until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut space = [MaybeUninit::uninit(); PART];
            let mut part = ReadBuf::uninit(&mut space);
            match Pin::new(&mut wire.socket).poll_read(context, &mut part) {
                Poll::Ready(Ok(())) if !part.filled().is_empty() => *sends = true,
                Poll::Pending if *sends => return Poll::Pending,
                Poll::Ready(_) | Poll::Pending => return Poll::Ready(Ok(())),
            }
        }
    }
}
