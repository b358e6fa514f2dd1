//! A stream or long poll that waits, from its reader's side.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::hub::Hub;
use crate::message::{Kept, Message};
use crate::position::Position;
use crate::reader::{Entry, Reader};
use crate::sessions::Session;
use crate::statistics::Form;

/// What is to be sent.
#[derive(Clone, Debug)]
pub enum Item {
    /// Nothing, but the reader is now there.
    Alive(Position),
    /// A message.
    Message(Told),
    /// Something may be missing before this: the reader has to look at everything anew.
    Reset(Position),
}

/// A message that is told.
#[derive(Clone, Debug)]
pub struct Told(Arc<Kept>);

impl Told {
    /// Where the reader is with it.
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// What it says.
    pub fn message(&self) -> &Message {
        &self.0.message
    }

    /// As a server-sent event.
    pub(crate) fn event(&self) -> Bytes {
        self.0.event.clone()
    }
}

/// A stream or long poll that waits. It ends with its deadline, with its session, with the host, when it is cut off, or when it is dropped.
pub struct Held {
    hub: Arc<Hub>,
    pub(crate) service: String,
    pub(crate) channels: Vec<String>,
    pub(crate) caller: String,
    pub(crate) session: Option<Session>,
    pub(crate) form: Form,
    pub(crate) reader: Arc<Reader>,
    /// Where it begins, which is told first.
    begins: Option<Position>,
    keep_alive: Duration,
    /// When something is to be said, or the end.
    next: Pin<Box<Sleep>>,
}

impl fmt::Debug for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Held");
        debug.field("service", &self.service).field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// Of what a stream is made.
pub(crate) struct Parts {
    pub(crate) hub: Arc<Hub>,
    pub(crate) service: String,
    pub(crate) channels: Vec<String>,
    pub(crate) caller: String,
    pub(crate) session: Option<Session>,
    pub(crate) form: Form,
    pub(crate) reader: Arc<Reader>,
    pub(crate) begins: Position,
    pub(crate) keep_alive: Duration,
}

impl Held {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { hub, service, channels, caller, session, form, reader, begins, keep_alive } = parts;
        let next = Box::pin(sleep_until(reader.deadline.min(Instant::now() + keep_alive)));
        Self { hub, service, channels, caller, session, form, reader, begins: Some(begins), keep_alive, next }
    }

    /// The next thing to be sent; the first one says where the reader is. Nothing more after `None`.
    pub fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        if let Some(position) = self.begins.take() {
            return Poll::Ready(Some(Item::Alive(position)));
        }
        if self.reader.deadline <= Instant::now() {
            return Poll::Ready(None);
        }
        self.reader.waker.register(context.waker());
        {
            let mut queue = self.reader.queue();
            if queue.ended {
                return Poll::Ready(None);
            }
            if let Some(entry) = queue.entries.pop_front() {
                drop(queue);
                self.rest();
                return Poll::Ready(Some(match entry {
                    Entry::Reset(position) => Item::Reset(position),
                    Entry::Message(kept) => {
                        self.hub.statistics().sent.fetch_add(1, Ordering::Relaxed);
                        Item::Message(Told(kept))
                    }
                }));
            }
        }
        if self.next.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.rest();
        match self.hub.position_of(&self.reader) {
            Some(position) => Poll::Ready(Some(Item::Alive(position))),
            // Something has come this moment.
            None => self.poll_item(context),
        }
    }

    /// The next thing to be sent.
    pub async fn next(&mut self) -> Option<Item> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// Nothing needs to be said for a while.
    fn rest(&mut self) {
        let next = self.reader.deadline.min(Instant::now() + self.keep_alive);
        self.next.as_mut().reset(next);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.hub.leave(self);
    }
}
