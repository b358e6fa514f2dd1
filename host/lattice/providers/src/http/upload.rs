//! A request's body on its way to a component.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anyhow::Error;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use lyceum_front::RequestBody;
use lyceum_network::{BoxBody, Problem};
use tokio::sync::oneshot;

/// A body that comes to its end only if it is whole. What else becomes of it is an answer already.
pub(super) struct Upload {
    body: RequestBody,
    /// How many more bytes are taken.
    left: u64,
    /// Taken when it broke off.
    broken: Option<oneshot::Sender<Problem>>,
    largest: u64,
}

impl Upload {
    /// The body, and what its client is told if it breaks off; that never comes if it doesn't.
    pub(super) fn of(body: RequestBody, largest: u64) -> (BoxBody<Error>, BoxFuture<'static, Problem>) {
        let (sender, receiver) = oneshot::channel();
        let upload = Self { body, left: largest, broken: Some(sender), largest };
        let broken = async {
            match receiver.await {
                Ok(problem) => problem,
                // The body is gone, whole or unwanted.
                Err(_) => std::future::pending().await,
            }
        };
        (upload.boxed_unsync(), Box::pin(broken))
    }

    fn break_off(&mut self, problem: Problem) {
        if let Some(broken) = self.broken.take() {
            // Who waited for it may be gone.
            let _ = broken.send(problem);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.broken.is_none() {
            return Poll::Pending;
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            None => return Poll::Ready(None),
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                tracing::debug!(%error, "a request's body broke off");
                let detail = "The body broke off.";
                self.break_off(Problem::new(StatusCode::BAD_REQUEST, "BODY_INCOMPLETE", detail));
                return Poll::Pending;
            }
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        if let Some(left) = self.left.checked_sub(length) {
            self.left = left;
            Poll::Ready(Some(Ok(frame)))
        } else {
            let detail = format!("The body has more than {} bytes.", self.largest);
            self.break_off(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail));
            Poll::Pending
        }
    }

    fn is_end_stream(&self) -> bool {
        self.broken.is_some() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
