//! Server-sent events, as HTML has them (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame};

use crate::held::{Held, Item};
use crate::sse_event::event_text;

/// After how many milliseconds a client that lost its stream comes again: some time between, so that not all come at
/// once.
const RETRY: std::ops::Range<u32> = 1_000..4_000;

/// The body of an answer that goes on: first what the service itself answered, then every message.
#[derive(Debug)]
pub struct EventStream<B> {
    first: Option<B>,
    held: Held,
    begun: bool,
}

impl<B> EventStream<B> {
    /// A body that begins with another one.
    pub fn new(first: B, held: Held) -> Self {
        Self { first: Some(first), held, begun: false }
    }

    fn write(&mut self, item: &Item) -> Bytes {
        match item {
            Item::Message(told) => told.event(),
            Item::Reset(position) => event_text(*position, Some("reset"), "{}"),
            Item::Alive(position) if self.begun => {
                Bytes::from([b":\n", &*event_text(*position, None, "")].concat())
            }
            Item::Alive(position) => {
                self.begun = true;
                let retry = format!("retry: {}\n", rand::random_range(RETRY));
                Bytes::from([retry.as_bytes(), &event_text(*position, None, "")].concat())
            }
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for EventStream<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        while let Some(first) = &mut self.first {
            match ready!(Pin::new(first).poll_frame(context)) {
                // What it ends with can't come before the end.
                Some(Ok(frame)) if frame.is_trailers() => {}
                Some(frame) => return Poll::Ready(Some(frame)),
                None => self.first = None,
            }
        }
        let item = ready!(self.held.poll_item(context));
        Poll::Ready(item.map(|item| Ok(Frame::data(self.write(&item)))))
    }
}
