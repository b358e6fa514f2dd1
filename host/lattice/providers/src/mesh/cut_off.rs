//! A body that ends where its reading fails.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use anyhow::Error;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use lyceum_network::BoxBody;

/// wRPC has no way to say that a body broke off: it ends, and is shorter than its length was said to be.
pub(super) struct CutOff(pub(super) BoxBody<Error>);

impl Body for CutOff {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = std::task::ready!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(match frame {
            None => None,
            Some(Ok(frame)) => Some(Ok(frame)),
            Some(Err(error)) => {
                tracing::warn!(error = format!("{error:#}"), "an answer's body broke off");
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
