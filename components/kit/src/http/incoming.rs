//! Requests that come in: from the host's types to the service, and back.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header, uri::Scheme};
use lyceum_bindings::imports::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam, Scheme as HostScheme,
};

use super::{
    body::StreamedBody,
    convert::{content_length, headers_from_host, headers_to_host, method_from_host},
    write::write_body,
};
use crate::{block_on::block_on, log, problem::Problem, service::Service};

/// Answers one request. Called by what [`crate::service!`] exports.
pub fn serve(service: &'static Service, request: IncomingRequest, out: ResponseOutparam) {
    service.enter();
    let read = read(&request).map(|read| if service.is_issuer() { addressed(read, &request) } else { read });
    drop(request);
    let is_head = read.as_ref().is_ok_and(|request| request.method() == Method::HEAD);
    let response = match read {
        Ok(request) => block_on(service.respond(request)).unwrap_or_else(|| {
            log::error("a handler waits for something that can't come");
            Problem::internal().into_response()
        }),
        Err(problem) => problem.into_response(),
    };
    answer(response, is_head, out);
}

/// Host calls: method, path, headers (3 with their release), and 2 more when
/// there is a body; its bytes are read when the handler asks for them.
fn read(request: &IncomingRequest) -> Result<Request<Body>, Problem> {
    let malformed = || Problem::bad_request("MALFORMED_REQUEST", "The request line can't be understood.");
    let method = method_from_host(request.method()).ok_or_else(malformed)?;
    let target = request.path_with_query().unwrap_or_else(|| "/".into());
    let uri: Uri = target.parse().map_err(|_| malformed())?;
    let headers = headers_from_host(&request.headers());
    let body = if has_body(&headers) { read_body(request, &headers)? } else { Body::empty() };
    let mut result = Request::new(body);
    *result.method_mut() = method;
    *result.uri_mut() = uri;
    *result.headers_mut() = headers;
    Ok(result)
}

/// With the scheme and host by which the client came: 2 more host calls, for the gateway alone.
fn addressed(mut read: Request<Body>, request: &IncomingRequest) -> Request<Body> {
    let scheme = match request.scheme() {
        Some(HostScheme::Https) => Scheme::HTTPS,
        _ => Scheme::HTTP,
    };
    let mut parts = read.uri().clone().into_parts();
    parts.scheme = Some(scheme);
    parts.authority = request.authority().and_then(|authority| authority.parse().ok());
    // Without a usable host it stays a path alone.
    if let Ok(uri) = Uri::from_parts(parts) {
        *read.uri_mut() = uri;
    }
    read
}

/// HTTP/2 needs neither header, but the host's front end and every component's
/// client set one of them when there is a body.
fn has_body(headers: &HeaderMap) -> bool {
    content_length(headers).map_or_else(
        || headers.contains_key(header::TRANSFER_ENCODING) || headers.contains_key(header::CONTENT_TYPE),
        |length| length > 0,
    )
}

fn read_body(request: &IncomingRequest, headers: &HeaderMap) -> Result<Body, Problem> {
    let body = request.consume().ok().and_then(|body| StreamedBody::new(body, content_length(headers)));
    body.map(Body::new).ok_or_else(Problem::internal)
}

/// Host calls: headers, response, status (unless 200), body, set, and for a
/// small body: write, check, write, flush, release, finish.
fn answer(response: Response, is_head: bool, out: ResponseOutparam) {
    let (mut parts, body) = response.into_parts();
    let length = axum::body::HttpBody::size_hint(&body).exact();
    set_content_length(&mut parts.headers, parts.status, is_head, length);
    let fields: Fields = headers_to_host(&parts.headers);
    let outgoing = OutgoingResponse::new(fields);
    if parts.status != StatusCode::OK && outgoing.set_status_code(parts.status.as_u16()).is_err() {
        log::error("the host refused the status code");
    }
    let target: Result<OutgoingBody, ()> = outgoing.body();
    ResponseOutparam::set(out, Ok(outgoing));
    if let Ok(target) = target {
        // The peer may have gone; nobody is left to be told.
        let _delivered = write_body(target, body);
    }
}

/// The length that the host will hold the body against. The answer to a HEAD
/// has no body whatever its `Content-Length` says: it then goes without one, since 0
/// would claim that a GET has an empty answer (RFC 9110, 8.6). The router states that 0
/// by itself when a handler spares the body.
fn set_content_length(headers: &mut HeaderMap, status: StatusCode, is_head: bool, length: Option<u64>) {
    let stated = content_length(headers);
    match length {
        _ if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) => {
            headers.remove(header::CONTENT_LENGTH);
        }
        Some(0) if is_head => {
            headers.remove(header::CONTENT_LENGTH);
        }
        Some(length) if stated.is_none() => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        Some(length) if stated != Some(length) => {
            headers.remove(header::CONTENT_LENGTH);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(stated: Option<u64>, status: u16, actual: Option<u64>) -> Option<u64> {
        length_of(false, stated, status, actual)
    }

    fn length_of(is_head: bool, stated: Option<u64>, status: u16, actual: Option<u64>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        if let Some(stated) = stated {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(stated));
        }
        set_content_length(&mut headers, StatusCode::from_u16(status).unwrap(), is_head, actual);
        content_length(&headers)
    }

    #[test]
    fn the_length_is_that_of_the_body_or_not_stated() {
        assert_eq!(length(None, 200, Some(5)), Some(5));
        assert_eq!(length(None, 200, None), None);
        assert_eq!(length(Some(5), 200, Some(5)), Some(5));
        assert_eq!(length(Some(5), 200, None), Some(5), "a body that streams through");
        assert_eq!(length(Some(5), 200, Some(0)), None, "the answer to a HEAD");
        assert_eq!(length(Some(5), 304, Some(0)), None);
        assert_eq!(length(None, 204, Some(0)), None);
    }

    #[test]
    fn an_answer_to_head_that_has_no_body_does_not_claim_that_a_get_has_none() {
        assert_eq!(length_of(true, None, 200, Some(0)), None);
        assert_eq!(length_of(true, Some(5), 200, Some(0)), None);
        assert_eq!(length_of(true, Some(0), 200, Some(0)), None, "stated by the router");
        assert_eq!(length_of(true, None, 200, Some(5)), Some(5), "the length that a GET would have");
        assert_eq!(length_of(true, None, 200, None), None);
        assert_eq!(length_of(false, None, 200, Some(0)), Some(0));
    }
}
