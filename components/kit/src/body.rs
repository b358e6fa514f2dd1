//! Reading a whole body, within bounds.

use axum::body::{Body, HttpBody, to_bytes};
use bytes::Bytes;

use crate::{http::BodyError, problem::Problem};

/// The largest body that is read as a whole: 1 MiB. Larger ones must be streamed.
pub const LIMIT: usize = 1024 * 1024;

/// The whole body; 413 above [`LIMIT`], 400 when it breaks off.
pub async fn collect(body: Body) -> Result<Bytes, Problem> {
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    if body.size_hint().lower() > limit {
        return Err(Problem::too_large(LIMIT));
    }
    to_bytes(body, LIMIT).await.map_err(|error| {
        let over_limit = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if over_limit || BodyError::is_too_large(&error) {
            Problem::too_large(LIMIT)
        } else {
            Problem::bad_request("BODY_INCOMPLETE", "The body broke off.")
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    use http_body::Frame;

    use super::*;
    use crate::block_on::block_on;

    /// A body that doesn't say how long it is.
    struct Unsized(Option<Bytes>);

    impl HttpBody for Unsized {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
        }
    }

    fn unsized_body(length: usize) -> Body {
        Body::new(Unsized(Some(vec![b' '; length].into())))
    }

    #[test]
    fn a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not() {
        for body in [Body::from(vec![b' '; LIMIT + 1]), unsized_body(LIMIT + 1)] {
            let problem = block_on(collect(body)).unwrap().unwrap_err();
            assert_eq!(problem.status(), 413);
        }
        assert_eq!(block_on(collect(unsized_body(LIMIT))).unwrap().unwrap().len(), LIMIT);
    }
}
