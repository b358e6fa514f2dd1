//! A request's body that only ends if it is whole.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anyhow::Error;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Method, Request};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use lyceum_network::BoxBody;
use wrpc_interface_http::HttpBody;

/// wRPC has no way to say that a body broke off: it just ends. One that ends before its length is reached never does so for
/// the component that reads it, which would take it for whole; it waits until its time is over.
pub(super) struct Whole {
    body: HttpBody,
    /// How much of it is missing, if it said its length.
    missing: Option<u64>,
    broken: bool,
    /// Whether there is certainly nothing in it: a stream does not know that before it is read, and only a request without a
    /// body can be made again.
    empty: bool,
}

impl Whole {
    /// The same request, with such a body.
    pub(super) fn of(request: Request<HttpBody>) -> Request<BoxBody<Error>> {
        let length = request.headers().get(CONTENT_LENGTH);
        let missing = length.and_then(|length| length.to_str().ok()?.parse().ok());
        // RFC 9110: these mean nothing by a body, and RFC 9112: without either of the headers there is none.
        let is_bare = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
            && !request.headers().contains_key(CONTENT_LENGTH)
            && !request.headers().contains_key(TRANSFER_ENCODING);
        let empty = missing == Some(0) || is_bare;
        request.map(|body| Self { body, missing, broken: false, empty }.boxed_unsync())
    }

    fn break_off(&mut self, why: &str) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        tracing::warn!(why, "a request's body broke off");
        self.broken = true;
        Poll::Pending
    }
}

impl Body for Whole {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.broken {
            return Poll::Pending;
        }
        match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            None if self.missing.is_some_and(|missing| missing > 0) => self.break_off("it ended too early"),
            None => Poll::Ready(None),
            Some(Err(error)) => self.break_off(&format!("{error:#}")),
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                self.missing = self.missing.map(|missing| missing.saturating_sub(length));
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.empty
            || !self.broken && self.missing.is_none_or(|missing| missing == 0) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.missing.map_or_else(|| self.body.size_hint(), SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::time::Duration;

    use super::*;

    fn request(length: Option<&str>, pieces: &[&'static str]) -> Request<BoxBody<Error>> {
        let pieces: Vec<_> = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        let body =
            HttpBody { body: Box::pin(futures::stream::iter(pieces)), trailers: Box::pin(ready(None)) };
        let mut request = Request::new(body);
        if let Some(length) = length {
            request.headers_mut().insert(CONTENT_LENGTH, length.parse().unwrap());
        }
        Whole::of(request)
    }

    async fn read(request: Request<BoxBody<Error>>) -> Option<Bytes> {
        let reading = request.into_body().collect();
        let read = tokio::time::timeout(Duration::from_millis(50), reading).await.ok()?;
        Some(read.unwrap().to_bytes())
    }

    #[test]
    fn a_request_that_can_have_no_body_is_known_to_have_none() {
        let is_empty = |method: Method, length: Option<&str>| {
            let body = HttpBody { body: Box::pin(futures::stream::empty()), trailers: Box::pin(ready(None)) };
            let mut request = Request::new(body);
            *request.method_mut() = method;
            if let Some(length) = length {
                request.headers_mut().insert(CONTENT_LENGTH, length.parse().unwrap());
            }
            Whole::of(request).body().is_end_stream()
        };
        assert!(is_empty(Method::GET, None) && is_empty(Method::PUT, Some("0")));
        assert!(!is_empty(Method::PUT, None) && !is_empty(Method::GET, Some("4")));
    }

    #[tokio::test]
    async fn a_whole_body_ends_and_a_short_one_does_not() {
        assert_eq!(read(request(Some("4"), &["ab", "cd"])).await.unwrap(), "abcd");
        assert_eq!(read(request(None, &["ab"])).await.unwrap(), "ab");
        assert_eq!(read(request(Some("0"), &[])).await.unwrap(), "");
        assert_eq!(read(request(Some("5"), &["ab", "cd"])).await, None);
    }
}
