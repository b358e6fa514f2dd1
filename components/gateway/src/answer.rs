//! What happens to every request, in this order: path, method, caller, destination.

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::prelude::*;

use crate::authentication::{self, Session};
use crate::library::{self, Basic, Face, Standing};
use crate::{forward, health, openapi, path, routing, welcome};

/// A resource that the gateway itself has.
pub(crate) type Own = fn(&Uri) -> Result<Response, Problem>;

/// What may be asked of anything at all.
const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// Answers one request from outside.
pub(crate) fn answer(mut request: Request<Body>) -> Response {
    let signed_in = request.headers().contains_key(header::AUTHORIZATION);
    let face = Face::of(request.uri().path());
    let mut standing = Standing::Nobody;
    let passed = pass(&mut request, face, &mut standing);
    let mut response = passed.unwrap_or_else(|problem| face.told(standing, problem));
    protect(response.headers_mut(), signed_in);
    response
}

/// The request is left without its body and headers when it was forwarded. Once it is known who calls, so is their standing.
fn pass(request: &mut Request<Body>, face: Face, standing: &mut Standing) -> Result<Response, Problem> {
    path::check(request.uri())?;
    let profile = library::generation(request.uri())?;
    if let Some(response) = library::before_all(request.method(), request.uri().path(), profile)? {
        return Ok(response);
    }
    let unknown_method = matches!(*request.method(), Method::CONNECT | Method::TRACE);
    if unknown_method && face == Face::Own {
        return Err(method_not_allowed(METHODS));
    }
    let caller = match face {
        Face::Own => authentication::authenticate(request.headers(), face)?,
        Face::Library => match library::basic(request.method(), request.uri().path(), request.headers()) {
            Basic::None => authentication::authenticate(request.headers(), face)?,
            Basic::Unneeded => None,
            Basic::Refused => return Ok(library::refused(Standing::Known)),
        },
    };
    *standing = standing_of(caller.as_ref());
    let standing = *standing;
    if face == Face::Library
        && let Some(response) = of_the_library(request, profile, standing)?
    {
        return Ok(response);
    }
    if let Some(own) = own(request.uri().path()) {
        return match *request.method() {
            Method::GET | Method::HEAD => own(request.uri()),
            _ => Err(method_not_allowed("GET, HEAD")),
        };
    }
    let table = routing::table()?;
    let Some(route) = table.find(request.uri().path()) else {
        let problem = Problem::not_found("There is nothing at this path.");
        return match face {
            Face::Own => Err(problem),
            Face::Library => Ok(library::nothing_here(standing, request.uri().path(), problem)),
        };
    };
    route.check_body(request.headers())?;
    let uri = request.uri().clone();
    let response = forward::forward(std::mem::take(request), route, caller, profile)?;
    Ok(match face {
        Face::Own => response,
        Face::Library => library::concealed(standing, uri.path(), response),
    })
}

/// What the library's face answers by itself.
fn of_the_library(
    request: &Request<Body>,
    profile: LibraryProfile,
    standing: Standing,
) -> Result<Option<Response>, Problem> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let path = uri.path();
    if library::is_foreign(uri, headers)? {
        return Ok(Some(library::refused(standing)));
    }
    if matches!(*method, Method::CONNECT | Method::TRACE) {
        return Ok(Some(library::nothing_here(standing, path, method_not_allowed(METHODS))));
    }
    if let Some(problem) = library::missing(profile, method, path, uri.query()) {
        return Ok(Some(library::nothing_here(standing, path, problem)));
    }
    if profile == LibraryProfile::Reference {
        return Ok(None);
    }
    Ok(library::new_feature(method, path, headers, standing))
}

fn standing_of(caller: Option<&Session>) -> Standing {
    match caller {
        None => Standing::Nobody,
        Some(Session { is_admin: true, .. }) => Standing::Admin,
        Some(_) => Standing::Known,
    }
}

fn own(path: &str) -> Option<Own> {
    match path {
        "/" => Some(|_| Ok(welcome::answer())),
        health::PATH => Some(|_| health::answer()),
        openapi::PATH => Some(|_| openapi::answer()),
        path => library::documentation(path),
    }
}

pub(crate) fn method_not_allowed(allowed: &'static str) -> Problem {
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
    fn a_path_of_the_librarys_face_without_a_route_is_401_without_a_body_to_nobody() {
        for (method, target) in [(Method::GET, "/api/nothing"), (Method::TRACE, "/api/authors")] {
            let (code, headers) = status(method, target);
            assert_eq!((code.as_u16(), headers["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
            assert_eq!(headers["x-frame-options"], "DENY");
            assert!(!headers.contains_key("content-type"));
        }
    }

    #[test]
    fn a_bad_token_on_the_librarys_face_is_401_without_a_body_and_elsewhere_a_problem() {
        for (target, media_type) in
            [("/api/public/login", None), ("/api/v1/books", Some("application/problem+json"))]
        {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = target.parse().unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer x"));
            lyceum_kit::testing::configure("lyceum.routes", "[]");
            let response = answer(request);
            assert_eq!(response.status(), 401);
            assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
            let said = response.headers().get("content-type").map(|value| value.to_str().unwrap());
            assert_eq!(said, media_type);
        }
    }

    #[test]
    fn http_basic_is_403_without_a_body_on_the_librarys_face_and_401_elsewhere() {
        for (target, expected) in [("/api/books", 403), ("/api/v1/books", 401)] {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = target.parse().unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::from_static("Basic dTpw"));
            lyceum_kit::testing::configure("lyceum.routes", "[]");
            assert_eq!(answer(request).status().as_u16(), expected, "{target}");
        }
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
