//! How far a connection is with its requests and answers.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::Notify;

use crate::refusal::Refusal;

/// What is done with a connection after the last answer.
type Talk = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the reader of a connection and the one who answers know of each other.
#[derive(Default)]
pub(crate) struct Dialogue {
    /// Requests whose heads were handed over.
    read: AtomicU64,
    /// Requests that came to be answered.
    asked: AtomicU64,
    /// Answers that were handed over to their end.
    answered: AtomicU64,
    /// Why the last request that was handed over can't be read.
    refusal: Mutex<Option<Refusal>>,
    /// Told when the connection is to end whatever it is at.
    cut: Notify,
    /// Whether what comes is no HTTP any more.
    raw: AtomicBool,
    talk: Mutex<Option<Talk>>,
}

impl Dialogue {
    /// A request's head is handed over.
    pub(crate) fn hand_over(&self) {
        self.read.fetch_add(1, Ordering::AcqRel);
    }

    /// A request's head stands in for one that can't be read. It must be the last.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
        self.hand_over();
    }

    /// The next request is to be answered, with this if it can't be read.
    pub(crate) fn ask(&self) -> Option<Refusal> {
        let asked = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        if asked < self.read.load(Ordering::Acquire) {
            return None;
        }
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// With the answer that is given now the connection becomes something else, which does this.
    pub(crate) fn upgrade(&self, talk: Talk) {
        *self.talk.lock().unwrap_or_else(PoisonError::into_inner) = Some(talk);
        self.raw.store(true, Ordering::Release);
    }

    /// Whether what comes is no HTTP any more.
    pub(crate) fn is_raw(&self) -> bool {
        self.raw.load(Ordering::Acquire)
    }

    /// What is to be done after the last answer.
    pub(crate) fn talk(&self) -> Option<Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Ends the connection whatever it is at.
    pub(crate) fn cut_off(&self) {
        self.cut.notify_one();
    }

    /// Returns when the connection is to end whatever it is at.
    pub(crate) async fn is_cut_off(&self) {
        self.cut.notified().await;
    }

    /// Whether a request is in progress.
    pub(crate) fn is_busy(&self) -> bool {
        let begun = self.read.load(Ordering::Acquire).max(self.asked.load(Ordering::Acquire));
        begun > self.answered.load(Ordering::Acquire)
    }
}

/// An answer's body, which tells when it was handed over to its end, or given up.
pub(crate) struct Answering<B> {
    body: B,
    dialogue: Arc<Dialogue>,
}

impl<B> Answering<B> {
    pub(crate) fn new(body: B, dialogue: Arc<Dialogue>) -> Self {
        Self { body, dialogue }
    }
}

impl<B> Drop for Answering<B> {
    fn drop(&mut self) {
        self.dialogue.answered.fetch_add(1, Ordering::AcqRel);
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Answering<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
