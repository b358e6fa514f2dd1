//! A response body that tells the mesh how the call ended.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lyceum_mesh::{Outcome, Ticket};
use wasmtime_wasi_http::{Error, WasiBody};

/// Keeps the call's place in the bulkhead until the body is complete.
pub(crate) struct Finishing {
    body: WasiBody,
    ticket: Option<Ticket>,
    outcome: Outcome,
}

impl Finishing {
    pub(crate) fn new(body: WasiBody, ticket: Ticket, outcome: Outcome) -> Self {
        let mut finishing = Self { body, ticket: Some(ticket), outcome };
        if finishing.body.is_end_stream() {
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

impl Drop for Finishing {
    /// A reader that leaves early says nothing about the destination, unless its status already did.
    fn drop(&mut self) {
        if let Outcome::Answered(status) = self.outcome
            && status.is_server_error()
        {
            self.finish(self.outcome);
        }
    }
}

impl Body for Finishing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            None => {
                let outcome = self.outcome;
                self.finish(outcome);
            }
            Some(Err(_)) => self.finish(Outcome::Broken),
            Some(Ok(_)) => {}
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
