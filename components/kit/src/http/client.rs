//! Requests to other services and to the outside.

use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use lyceum_bindings::imports::wasi::http::types::ErrorCode;

use crate::{
    context::{CORRELATION_HEADER, Context, TRACEPARENT_HEADER},
    host::http::{self as host, Sent},
    identity, log,
    problem::Problem,
};

/// Spin's suffix for components of the same application.
const INTERNAL_SUFFIX: &str = ".spin.internal";

/// The base URL of another component, without a slash at its end.
pub fn service_url(component: &str) -> String {
    format!("http://{component}{INTERNAL_SUFFIX}")
}

/// Why no answer came.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// This component may not call that host.
    #[error("the call is not allowed")]
    Denied,
    /// The destination can't be reached or refuses more calls.
    #[error("the destination is not available: {0}")]
    Unavailable(String),
    /// No answer in time.
    #[error("the destination took too long")]
    Timeout,
    /// The request's own body, which came from outside, is longer than this component may take.
    #[error("the request's body is too large")]
    TooLarge,
    /// The request can't be sent as it is.
    #[error("the request is wrong: {0}")]
    Invalid(String),
    /// The answer can't be understood, or broke off.
    #[error("the answer is wrong: {0}")]
    Protocol(String),
}

impl From<ErrorCode> for SendError {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => Self::Denied,
            ErrorCode::ConnectionTimeout
            | ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::HttpResponseTimeout
            | ErrorCode::DnsTimeout => Self::Timeout,
            ErrorCode::DnsError(_)
            | ErrorCode::DestinationNotFound
            | ErrorCode::DestinationUnavailable
            | ErrorCode::DestinationIpUnroutable
            | ErrorCode::ConnectionRefused
            | ErrorCode::ConnectionTerminated
            | ErrorCode::ConnectionLimitReached => Self::Unavailable(code.to_string()),
            ErrorCode::HttpRequestMethodInvalid
            | ErrorCode::HttpRequestUriInvalid
            | ErrorCode::HttpRequestUriTooLong
            | ErrorCode::HttpRequestLengthRequired
            | ErrorCode::HttpRequestBodySize(_)
            | ErrorCode::HttpRequestHeaderSectionSize(_)
            | ErrorCode::HttpRequestHeaderSize(_) => Self::Invalid(code.to_string()),
            other => Self::Protocol(other.to_string()),
        }
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        log::warn(error.to_string());
        match error {
            SendError::Unavailable(_) => Self::unavailable(Duration::from_secs(2)),
            SendError::Timeout => Self::timeout(),
            SendError::Protocol(_) => Self::bad_gateway("Another service gave no usable answer."),
            SendError::TooLarge => {
                Self::too_large(0).with_detail("The body is larger than this service takes.")
            }
            SendError::Denied | SendError::Invalid(_) => Self::internal(),
        }
    }
}

/// An answer, and how long it took to come.
pub type Timed = (Result<Response<Body>, SendError>, Duration);

/// Sends a request and waits for the head of its answer; the body streams.
///
/// The correlation id and `traceparent` go along, and to other components the
/// caller's identity, unless the request has them already. Of a request to the
/// outside the host needs the correlation id for its log, and sends it no further.
pub fn send(request: Request<Body>) -> Result<Response<Body>, SendError> {
    start(request, None)?.receive()
}

/// The same, waiting at most so long for the answer's head.
pub(super) fn send_within(
    request: Request<Body>,
    limit: Option<Duration>,
) -> Result<Response<Body>, SendError> {
    start(request, limit)?.receive()
}

/// Starts every request before waiting for the first answer. The answers are in
/// the requests' order.
pub fn send_all(requests: Vec<Request<Body>>) -> Vec<Result<Response<Body>, SendError>> {
    let started: Vec<_> = requests.into_iter().map(|request| start(request, None)).collect();
    started.into_iter().map(|started| started?.receive()).collect()
}

/// As [`send_all`], but waits at most `limit` for each answer, and says how long
/// each took.
pub fn send_all_within(requests: Vec<Request<Body>>, limit: Duration) -> Vec<Timed> {
    let begun = Instant::now();
    let started: Vec<_> = requests.into_iter().map(|request| start(request, Some(limit))).collect();
    let sent: Vec<_> = started
        .iter()
        .enumerate()
        .filter_map(|(index, started)| Some((index, started.as_ref().ok()?)))
        .collect();
    let mut took = vec![Duration::ZERO; started.len()];
    host::wait_for_each(&sent, |index| {
        if let Some(took) = took.get_mut(index) {
            *took = begun.elapsed();
        }
    });
    let answers = started.into_iter().map(|started| started?.receive());
    answers.zip(took).collect()
}

fn start(request: Request<Body>, limit: Option<Duration>) -> Result<Sent, SendError> {
    let (mut parts, body) = request.into_parts();
    let internal = parts.uri.host().is_some_and(|host| host.ends_with(INTERNAL_SUFFIX));
    add_context(&mut parts.headers, &Context::current(), internal);
    match body.size_hint().exact() {
        Some(0) | None => {}
        Some(length) => {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
    }
    host::send(Request::from_parts(parts, body), limit)
}

fn add_context(headers: &mut HeaderMap, context: &Context, internal: bool) {
    let mut add = |name: &'static str, value: Option<&str>| {
        let name = HeaderName::from_static(name);
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok())
            && !value.is_empty()
        {
            headers.entry(name).or_insert(value);
        }
    };
    add(CORRELATION_HEADER, Some(context.correlation_id()));
    add(TRACEPARENT_HEADER, context.traceparent());
    if internal {
        add(identity::HEADER, context.identity());
    } else {
        // Who calls is nobody's business outside.
        headers.remove(identity::HEADER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Origin;

    fn context() -> Context {
        Context::new(Origin {
            correlation_id: "c1".into(),
            identity: Some("v1.a.b.c".into()),
            ..Origin::default()
        })
    }

    #[test]
    fn identity_goes_to_other_components_only() {
        let mut inside = HeaderMap::new();
        add_context(&mut inside, &context(), true);
        assert_eq!(inside["lyceum-identity"], "v1.a.b.c");
        assert_eq!(inside["x-correlation-id"], "c1");

        let mut outside = inside.clone();
        add_context(&mut outside, &context(), false);
        assert!(!outside.contains_key("lyceum-identity"));
    }

    #[test]
    fn what_the_request_says_itself_is_kept() {
        let mut headers = HeaderMap::new();
        headers.insert("lyceum-identity", HeaderValue::from_static("v1.x.y"));
        add_context(&mut headers, &context(), true);
        assert_eq!(headers["lyceum-identity"], "v1.x.y");
    }
}
