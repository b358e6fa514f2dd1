//! What happens to every request, in this order: path, method, caller, destination.

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use lyceum_kit::prelude::*;

use crate::{authentication, forward, health, openapi, path, routing, welcome};

/// A resource that the gateway itself has.
type Own = fn() -> Result<Response, Problem>;

/// Answers one request from outside.
pub(crate) fn answer(mut request: Request<Body>) -> Response {
    let signed_in = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = pass(&mut request).unwrap_or_else(IntoResponse::into_response);
    protect(response.headers_mut(), signed_in);
    response
}

/// The request is left without its body and headers when it was forwarded.
fn pass(request: &mut Request<Body>) -> Result<Response, Problem> {
    path::check(request.uri())?;
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Err(method_not_allowed("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"));
    }
    let caller = authentication::authenticate(request.headers())?;
    if let Some(own) = own(request.uri().path()) {
        return match *request.method() {
            Method::GET | Method::HEAD => own(),
            _ => Err(method_not_allowed("GET, HEAD")),
        };
    }
    let table = routing::table()?;
    let route = table
        .find(request.uri().path())
        .ok_or_else(|| Problem::not_found("There is nothing at this path."))?;
    route.check_body(request.headers())?;
    forward::forward(std::mem::take(request), route, caller)
}

fn own(path: &str) -> Option<Own> {
    match path {
        "/" => Some(|| Ok(welcome::answer())),
        health::PATH => Some(health::answer),
        openapi::PATH => Some(openapi::answer),
        _ => None,
    }
}

fn method_not_allowed(allowed: &'static str) -> Problem {
    let detail = "This path does not allow this method; see Allow.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail)
        .with_header(header::ALLOW, HeaderValue::from_static(allowed))
}

/// What a service says itself about caching is left as it is.
fn protect(headers: &mut HeaderMap, signed_in: bool) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if signed_in {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: Method, target: &str) -> (StatusCode, HeaderMap) {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        lyceum_kit::testing::configure("lyceum.routes", "[]");
        let response = answer(request);
        (response.status(), response.headers().clone())
    }

    #[test]
    fn the_gateways_own_resources_are_read_only() {
        assert_eq!(status(Method::GET, "/").0, 200);
        assert_eq!(status(Method::HEAD, "/").0, 200);
        let (code, headers) = status(Method::POST, "/api/v1/health");
        assert_eq!((code.as_u16(), headers["allow"].to_str().unwrap()), (405, "GET, HEAD"));
        assert_eq!(status(Method::TRACE, "/api/v1/users/me").0, 405);
    }

    #[test]
    fn a_path_without_a_route_is_not_found_and_a_trick_is_refused() {
        let (code, headers) = status(Method::GET, "/api/v1/nothing");
        assert_eq!(code, 404);
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(status(Method::GET, "/api/v1/%2e%2e/x").0, 400);
    }

    #[test]
    fn an_answer_to_somebody_known_is_not_stored_unless_the_service_says_so() {
        let mut headers = HeaderMap::new();
        protect(&mut headers, false);
        assert!(!headers.contains_key("cache-control"));
        protect(&mut headers, true);
        assert_eq!(headers["cache-control"], "no-store");
        headers.insert("cache-control", HeaderValue::from_static("private, max-age=5"));
        protect(&mut headers, true);
        assert_eq!(headers["cache-control"], "private, max-age=5");
    }
}
