//! A response body that tells the mesh how the call ended.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lyceum_mesh::{Outcome, Ticket};

use crate::BoxBody;

/// Keeps the call's place in the bulkhead until the body is complete.
pub struct Finishing<E> {
    body: BoxBody<E>,
    ticket: Option<Ticket>,
    outcome: Outcome,
    /// Bytes that are still to come, where the answer said how many there are.
    missing: Option<u64>,
}

impl<E> Finishing<E> {
    /// `length` is what the answer said of its own: a reader that has so many bytes may leave before the end
    /// is told, and the call went well all the same.
    pub fn new(body: BoxBody<E>, ticket: Ticket, outcome: Outcome, length: Option<u64>) -> Self {
        let missing = length.or(body.size_hint().exact());
        let mut finishing = Self { body, ticket: Some(ticket), outcome, missing };
        if finishing.body.is_end_stream() || missing == Some(0) {
            finishing.finish(outcome);
        }
        finishing
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            ticket.finish(outcome);
        }
    }
}

impl<E> Drop for Finishing<E> {
    /// A reader that leaves early says nothing about the destination, unless its status already did.
    fn drop(&mut self) {
        if self.outcome.status().is_some_and(|status| status.is_server_error()) {
            self.finish(self.outcome);
        }
    }
}

impl<E> Body for Finishing<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            None => {
                let outcome = self.outcome;
                self.finish(outcome);
            }
            Some(Err(_)) => self.finish(Outcome::Broken),
            Some(Ok(frame)) => {
                let read = frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
                self.missing = self.missing.map(|missing| missing.saturating_sub(read));
                if self.missing == Some(0) {
                    let outcome = self.outcome;
                    self.finish(outcome);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
