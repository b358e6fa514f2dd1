//! The answer to a HEAD request that was forwarded.
//!
//! A body that is known to be empty would be given `Content-Length: 0`, which
//! claims that a GET has an empty answer (RFC 9110, 8.6).

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use http_body::Frame;
use lyceum_kit::prelude::{Body, Bytes};

/// A body that doesn't say how long it is, and is empty.
struct Unstated;

/// A body without content that states no length.
pub(crate) fn body() -> Body {
    Body::new(Unstated)
}

impl http_body::Body for Unstated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use lyceum_kit::{block_on::block_on, body::collect};

    #[test]
    fn nothing_is_said_of_its_length_and_nothing_comes() {
        assert_eq!(super::body().size_hint().exact(), None);
        assert!(block_on(collect(super::body())).unwrap().unwrap().is_empty());
    }
}
