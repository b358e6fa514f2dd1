//! Reading a whole body, within bounds.

use std::cell::OnceCell;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;

use crate::{config, http::BodyError, log, problem::Problem};

/// The configuration variable with the component's own limit, in bytes.
const VARIABLE: &str = "lyceum.body-limit";
/// The limit where the host says none: 1 MiB.
const DEFAULT: usize = 1024 * 1024;

thread_local! {
    // Asked for once an instance.
    static LIMIT: OnceCell<usize> = const { OnceCell::new() };
}

/// The largest body that is read as a whole, in bytes: what the component's `limits` let it take, but a quarter of its
/// memory at most. Larger ones must be streamed.
pub fn limit() -> usize {
    LIMIT.with(|limit| *limit.get_or_init(configured))
}

fn configured() -> usize {
    match config::get(VARIABLE) {
        Ok(value) => value.and_then(|value| value.parse().ok()).unwrap_or(DEFAULT),
        Err(error) => {
            log::error(error.to_string());
            DEFAULT
        }
    }
}

/// The whole body, of whatever type. An extractor: 413 above [`limit`], 400 when it breaks off. (Those of axum know neither
/// the component's limit nor problems.)
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WholeBody(pub Bytes);

impl<S: Sync> FromRequest<S> for WholeBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        collect(request.into_body()).await.map(Self)
    }
}

/// The whole body; 413 above [`limit`], 400 when it breaks off.
pub async fn collect(body: Body) -> Result<Bytes, Problem> {
    collect_within(body, limit()).await
}

/// The whole body; 413 above `limit` bytes, 400 when it breaks off.
pub async fn collect_within(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::too_large(u64::try_from(limit).unwrap_or(u64::MAX));
    if usize::try_from(body.size_hint().lower()).is_ok_and(|least| least > limit) {
        return Err(too_large());
    }
    to_bytes(body, limit).await.map_err(|error| {
        let over_limit = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if over_limit || BodyError::is_too_large(&error) {
            too_large()
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
    use crate::{block_on::block_on, testing};

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
    fn a_body_over_the_limit_is_413_whether_it_says_its_length_or_not() {
        for body in [Body::from(vec![b' '; DEFAULT + 1]), unsized_body(DEFAULT + 1)] {
            let problem = block_on(collect(body)).unwrap().unwrap_err();
            assert_eq!(problem.status(), 413);
        }
        assert_eq!(block_on(collect(unsized_body(DEFAULT))).unwrap().unwrap().len(), DEFAULT);
    }

    #[test]
    fn a_route_that_takes_the_whole_body_refuses_a_larger_one_with_413() {
        let request = |length| Request::new(unsized_body(length));
        let taken = |length| block_on(WholeBody::from_request(request(length), &())).unwrap();
        assert_eq!(taken(DEFAULT + 1).unwrap_err().status(), 413);
        assert_eq!(taken(DEFAULT).unwrap().0.len(), DEFAULT);
    }

    #[test]
    fn the_limit_is_the_components_own() {
        testing::configure(VARIABLE, "2000000");
        assert_eq!(block_on(collect(unsized_body(2_000_000))).unwrap().unwrap().len(), 2_000_000);
        assert_eq!(block_on(collect(unsized_body(2_000_001))).unwrap().unwrap_err().status(), 413);
    }
}
