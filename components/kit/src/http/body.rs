//! Bodies that come from the host, read as they are asked for.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use lyceum_bindings::imports::wasi::{
    http::types::{ErrorCode, IncomingBody, http_error_code},
    io::streams::{InputStream, StreamError},
};

/// The most that one host call reads.
const CHUNK: u64 = 64 * 1024;

/// A body that the host streams. Each frame is one blocking read.
#[derive(Debug)]
pub struct StreamedBody {
    // The stream is a child of the body: fields are dropped in this order.
    stream: Option<InputStream>,
    _body: IncomingBody,
    /// What `Content-Length` promised, less what was read.
    remaining: Option<u64>,
}

/// The body broke off.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the body broke off: {reason}")]
pub struct BodyError {
    reason: String,
    /// The host ended it, since it is longer than this component takes.
    too_large: bool,
}

impl BodyError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), too_large: false }
    }

    /// Whether a body that ended with this error was longer than allowed.
    pub(crate) fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source())
            .any(|error| error.downcast_ref::<Self>().is_some_and(|error| error.too_large))
    }
}

impl StreamedBody {
    /// `None` when the body was taken before.
    pub(crate) fn new(body: IncomingBody, content_length: Option<u64>) -> Option<Self> {
        let stream = body.stream().ok()?;
        Some(Self { stream: Some(stream), _body: body, remaining: content_length })
    }

    fn read(&mut self) -> Option<Result<Bytes, BodyError>> {
        let stream = self.stream.as_ref()?;
        if self.remaining == Some(0) {
            self.stream = None;
            return None;
        }
        let size = self.remaining.unwrap_or(CHUNK).min(CHUNK);
        match stream.blocking_read(size) {
            Ok(bytes) => {
                let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(read));
                Some(Ok(bytes.into()))
            }
            Err(StreamError::Closed) => {
                self.stream = None;
                let missing = self.remaining.is_some_and(|remaining| remaining > 0);
                missing.then(|| Err(BodyError::new("it is shorter than its Content-Length")))
            }
            Err(StreamError::LastOperationFailed(error)) => {
                let code = http_error_code(&error);
                let too_large = matches!(code, Some(ErrorCode::HttpRequestBodySize(_)));
                let reason = code.map_or_else(|| error.to_debug_string(), |code| code.to_string());
                self.stream = None;
                Some(Err(BodyError { too_large, ..BodyError::new(reason) }))
            }
        }
    }
}

impl http_body::Body for StreamedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Poll::Ready(self.get_mut().read().map(|read| read.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_none() || self.remaining == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.remaining.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
