//! A body that is kept while it is read.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

use crate::BoxBody;

/// The longest body that is kept to be sent again. A longer one passes as it is, and its request is made once.
pub const LONGEST_KEPT: u64 = 64 << 10;

/// What the request and those who read its body share.
pub(crate) type Shared<E> = Arc<Mutex<Kept<E>>>;

/// The body as far as it was read.
pub(crate) struct Kept<E> {
    /// Its pieces from the beginning; `None` once it can't be repeated any more.
    pub(crate) pieces: Option<VecDeque<Piece>>,
    /// Bytes in them.
    pub(crate) length: u64,
    /// What is still to come, while nobody reads it.
    pub(crate) rest: Option<BoxBody<E>>,
    /// There is nothing to come.
    pub(crate) is_whole: bool,
}

/// A part of a body.
#[derive(Clone)]
pub(crate) enum Piece {
    Data(Bytes),
    Trailers(HeaderMap),
}

/// Gives what was kept of a body, then the rest, which it keeps as well.
pub(crate) struct Keeping<E> {
    /// What was read before, and is read again.
    again: VecDeque<Piece>,
    /// What nobody has read yet; goes back when this is dropped before the end.
    rest: Option<BoxBody<E>>,
    kept: Shared<E>,
    /// What is still to come, where that is known.
    hint: SizeHint,
}

impl<E> Keeping<E> {
    /// Takes the rest over from who read before.
    pub(crate) fn new(kept: Shared<E>, hint: SizeHint) -> Self {
        let (again, rest) = {
            let mut held = lock(&kept);
            (held.pieces.clone().unwrap_or_default(), held.rest.take())
        };
        Self { again, rest, kept, hint }
    }

    /// Keeps a piece, unless that makes too much of it.
    fn keep(&self, piece: Piece) {
        let mut kept = lock(&self.kept);
        if let Piece::Data(data) = &piece {
            kept.length = kept.length.saturating_add(data.len() as u64);
        }
        if kept.length > LONGEST_KEPT {
            kept.pieces = None;
        } else if let Some(pieces) = &mut kept.pieces {
            pieces.push_back(piece);
        }
    }

    fn count(&mut self, data: &Bytes) {
        let read = data.len() as u64;
        let upper = self.hint.upper().map(|upper| upper.saturating_sub(read));
        let mut hint = SizeHint::new();
        hint.set_lower(self.hint.lower().saturating_sub(read));
        if let Some(upper) = upper {
            hint.set_upper(upper.max(hint.lower()));
        }
        self.hint = hint;
    }
}

impl<E> Drop for Keeping<E> {
    /// Who reads after this one goes on where it stopped.
    fn drop(&mut self) {
        if let Some(rest) = self.rest.take() {
            let mut kept = lock(&self.kept);
            kept.is_whole |= rest.is_end_stream();
            if kept.pieces.is_some() {
                kept.rest = Some(rest);
            }
        }
    }
}

impl<E> Body for Keeping<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        if let Some(piece) = self.again.pop_front() {
            return Poll::Ready(Some(Ok(match piece {
                Piece::Data(data) => {
                    self.count(&data);
                    Frame::data(data)
                }
                Piece::Trailers(trailers) => Frame::trailers(trailers),
            })));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(rest).poll_frame(context));
        match &frame {
            None => {
                lock(&self.kept).is_whole = true;
                self.rest = None;
            }
            Some(Err(_)) => {
                lock(&self.kept).pieces = None;
                self.rest = None;
            }
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.count(data);
                    self.keep(Piece::Data(data.clone()));
                } else if let Some(trailers) = frame.trailers_ref() {
                    self.keep(Piece::Trailers(trailers.clone()));
                }
                // A reader that knows the length never asks for the end.
                if self.rest.as_ref().is_some_and(Body::is_end_stream) {
                    lock(&self.kept).is_whole = true;
                    self.rest = None;
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.again.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

/// Nothing that holds the lock can stop halfway through a change.
pub(crate) fn lock<E>(kept: &Shared<E>) -> MutexGuard<'_, Kept<E>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
