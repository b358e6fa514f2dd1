//! What the clients of the library's successor find, and what they don't: it was services of their own, without lendings.

use lyceum_kit::dialect::{Dialect as _, LIBRARY, LibraryProfile};
use lyceum_kit::prelude::*;
use serde_json::{Value, json};

use super::{Face, Standing, profile, refused};
use crate::{answer::method_not_allowed, health, routing};

/// What lies below it is for whoever watches the services.
const ACTUATOR: &str = "/actuator/";
/// As the framework calls such an answer.
const ACTUATOR_TYPE: HeaderValue = HeaderValue::from_static("application/vnd.spring-boot.actuator.v3+json");
/// What was there for those alone who say that they want it.
const NEW_FEATURE: &str = "/api/admin/users/new-feature";
const BETA: HeaderName = HeaderName::from_static("x-lms-beta-access");

/// What is told, if this generation doesn't have this of what the services have for both.
pub(crate) fn missing(
    profile: LibraryProfile,
    method: &Method,
    path: &str,
    query: Option<&str>,
) -> Option<Problem> {
    let segments: Vec<&str> = path.strip_prefix("/api/")?.split('/').collect();
    // A book was added at its own address before, by its ISBN.
    let adds = method == Method::PUT;
    match (profile, segments.as_slice()) {
        (LibraryProfile::Reference, ["books"]) if adds => Some(method_not_allowed("GET, HEAD")),
        (LibraryProfile::Successor, ["books", _]) if adds => Some(method_not_allowed("GET, HEAD, PATCH")),
        (LibraryProfile::Successor, segments) if is_gone(segments, query) => {
            Some(Problem::not_found("There is nothing at this path."))
        }
        _ => None,
    }
}

fn is_gone(segments: &[&str], query: Option<&str>) -> bool {
    match segments {
        ["lendings", ..]
        | ["authors", "top5"]
        | ["authors", _, "books"]
        | ["books", "top5" | "suggestions"]
        | ["books", _, "avgDuration"]
        | ["readers", _, _, "lendings"] => true,
        ["readers"] => {
            let mut fields = query.unwrap_or_default().split('&');
            fields.any(|field| field.split('=').next() == Some("name"))
        }
        _ => false,
    }
}

/// What is answered before it is known who calls: how the successor is, and everything while it is switched off.
pub(crate) fn before_all(
    method: &Method,
    path: &str,
    profile: LibraryProfile,
) -> Result<Option<Response>, Problem> {
    if profile == LibraryProfile::Reference {
        return Ok(None);
    }
    let watched = path.strip_prefix(ACTUATOR).filter(|_| matches!(*method, Method::GET | Method::HEAD));
    if profile::is_killed()? {
        let health = || told(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "OUT_OF_SERVICE" }));
        return Ok(Some(if watched == Some("health") { health() } else { unavailable() }));
    }
    match watched {
        Some("health") => well().map(Some),
        Some("info") => {
            let info = json!({ "app": { "name": "Lyceum", "version": env!("CARGO_PKG_VERSION") } });
            Ok(Some(told(StatusCode::OK, &info)))
        }
        _ => Ok(None),
    }
}

/// Which generation answers at this path of this address; `/actuator/` is the successor's, too.
pub(crate) fn generation(uri: &Uri) -> Result<LibraryProfile, Problem> {
    let asks = Face::of(uri.path()) == Face::Library || uri.path().starts_with(ACTUATOR);
    if asks { profile::of(uri) } else { Ok(LibraryProfile::Reference) }
}

fn unavailable() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    LIBRARY.headers(response.headers_mut());
    response
}

/// Whether the successor's clients find something at this path, which may be a route's template.
fn is_there(path: &str) -> bool {
    Face::of(path) == Face::Library && missing(LibraryProfile::Successor, &Method::GET, path, None).is_none()
}

/// One service that the successor's clients use is enough to be down.
fn well() -> Result<Response, Problem> {
    let of_the_library = routing::table()?.components_at(is_there);
    let known = health::known()?;
    let status = |component: &String| known.get("services")?.get(component)?.get("status")?.as_str();
    let (status, word) = if of_the_library.iter().all(|component| status(component) == Some("healthy")) {
        (StatusCode::OK, "UP")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "DOWN")
    };
    Ok(told(status, &json!({ "status": word })))
}

fn told(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, ACTUATOR_TYPE)], body.to_string()).into_response();
    LIBRARY.headers(response.headers_mut());
    response
}

/// What administrators find who say that they want what is new.
pub(crate) fn new_feature(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    standing: Standing,
) -> Option<Response> {
    if path != NEW_FEATURE || !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    if standing != Standing::Admin {
        return Some(refused(standing));
    }
    let wanted = headers.get(BETA).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    let mut response = if wanted { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response();
    LIBRARY.headers(response.headers_mut());
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_the_successor_does_without_says_nothing_of_its_health() {
        let route = |path: &str, component: &str| {
            format!(r#"{{ "prefix": "{path}", "component": "{component}", "request_body": 1 }}"#)
        };
        let routes = [
            route("/api/v1/users", "users"),
            route("/api/public/login", "auth"),
            route("/api/authors", "authors"),
            route("/api/lendings", "lendings"),
            route("/api/readers/{year}/{seq}/lendings", "lendings"),
        ];
        let table = routing::RouteTable::parse(&format!("[{}]", routes.join(","))).unwrap();
        assert_eq!(table.components_at(is_there), ["auth", "authors"]);
    }

    #[test]
    fn what_a_generation_does_not_have_is_known_by_method_and_path() {
        for (method, target, reference, successor) in [
            (Method::PUT, "/api/books", false, true),
            (Method::GET, "/api/books", true, true),
            (Method::PUT, "/api/books/9780141439587", true, false),
            (Method::PATCH, "/api/books/9780141439587", true, true),
            (Method::GET, "/api/books/9780141439587/photo", true, true),
            (Method::GET, "/api/books/9780141439587/avgDuration", true, false),
            (Method::GET, "/api/books/top5", true, false),
            (Method::GET, "/api/books/suggestions", true, false),
            (Method::POST, "/api/books/search", true, true),
            (Method::POST, "/api/lendings", true, false),
            (Method::GET, "/api/lendings/2026/1", true, false),
            (Method::GET, "/api/authors/top5", true, false),
            (Method::GET, "/api/authors/7/books", true, false),
            (Method::GET, "/api/authors/7/coauthors", true, true),
            (Method::GET, "/api/authors?name=top5", true, true),
            (Method::GET, "/api/readers?name=Ana", true, false),
            (Method::GET, "/api/readers?phoneNumber=912345678", true, true),
            (Method::GET, "/api/readers/2026/1", true, true),
            (Method::GET, "/api/readers/2026/1/lendings?isbn=1", true, false),
            (Method::GET, "/api/readers/top5", true, true),
            (Method::POST, "/api/public/login", true, true),
        ] {
            let (path, query) =
                target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
            let known = [LibraryProfile::Reference, LibraryProfile::Successor]
                .map(|profile| missing(profile, &method, path, query).is_none());
            assert_eq!(known, [reference, successor], "{method} {target}");
        }
    }
}
