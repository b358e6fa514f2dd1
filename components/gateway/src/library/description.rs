//! The older library's description of itself: for programs at `/api-docs`, and as a page at `/swagger-ui/`.
//!
//! The page is made of the description and holds no script.

use std::fmt::Write as _;

use http::Uri;
use lyceum_kit::dialect::{Dialect as _, LIBRARY};
use lyceum_kit::prelude::*;
use serde_json::{Value, json};

use super::profile;
use crate::answer::Own;
use crate::openapi;

/// Where the description is.
pub(crate) const DESCRIPTION: &str = "/api-docs";
/// Where the page is.
pub(crate) const PAGE: &str = "/swagger-ui/index.html";

/// What is at this path of the description's and the page's.
pub(crate) fn documentation(path: &str) -> Option<Own> {
    match path {
        DESCRIPTION => Some(|uri| openapi::answered(openapi::of_the_library(profile::of(uri)?)?).map(framed)),
        "/api-docs/swagger-config" => Some(|_| {
            let settings = json!({ "configUrl": "/api-docs/swagger-config", "url": DESCRIPTION });
            Ok(framed(Json(settings).into_response()))
        }),
        "/swagger-ui.html" | "/swagger-ui" | "/swagger-ui/" => {
            Some(|_| Ok(framed((StatusCode::FOUND, [(header::LOCATION, PAGE)]).into_response())))
        }
        PAGE => Some(page),
        _ => None,
    }
}

/// With the headers that everything of the older library's has.
fn framed(mut response: Response) -> Response {
    LIBRARY.headers(response.headers_mut());
    response
}

fn page(uri: &Uri) -> Result<Response, Problem> {
    let document = openapi::of_the_library(profile::of(uri)?)?;
    let document = serde_json::from_slice(&document).map_err(|_| Problem::internal())?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_static("default-src 'none'");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)];
    Ok(framed((headers, html(&document)).into_response()))
}

/// The page as OpenAPI describes it.
pub(crate) fn page_operation() -> Value {
    json!({ "get": {
        "tags": ["gateway"],
        "operationId": "library_page",
        "summary": "The same for people.",
        "responses": { "200": {
            "description": "The same for people.",
            "content": { "text/html": { "schema": { "type": "string" } } },
        } },
        "x-lyceum-access": "anyone",
    } })
}

/// A row an operation: what is asked, by whom, and what it does.
fn html(document: &Value) -> String {
    let mut rows = String::new();
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
            // Writing to a string can't fail.
            let _ = writeln!(
                rows,
                "<tr><td><code>{}</code><td><code>{}</code><td>{}<td>{}",
                escaped(&method.to_uppercase()),
                escaped(path),
                escaped(&callers(operation)),
                escaped(text("summary")),
            );
        }
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>The older library's face</title>\n\
         <h1>The older library's face</h1>\n\
         <p>For programs: <a href=\"{DESCRIPTION}\">{DESCRIPTION}</a> (OpenAPI 3.1).\n\
         <table>\n<tr><th>Method<th>Path<th>For<th>What it does\n{rows}</table>\n"
    )
}

/// For whom an operation is.
fn callers(operation: &Value) -> String {
    let access = operation.get("x-lyceum-access");
    match access.and_then(|access| access.get("roles")?.as_array()) {
        Some(roles) => roles.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        None => access.and_then(Value::as_str).unwrap_or_default().to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_each_operation_with_its_callers_and_nothing_of_it_is_markup() {
        let document = json!({ "paths": { "/api/books/{isbn}": {
            "get": { "summary": "Shows a <book>.", "x-lyceum-access": { "roles": ["librarian", "reader"] } },
            "put": { "summary": "Adds one & all.", "x-lyceum-access": "anyone" },
        } } });
        let page = html(&document);
        assert!(page.contains("<td><code>GET</code><td><code>/api/books/{isbn}</code><td>librarian, reader<td>Shows a &lt;book&gt;."));
        assert!(page.contains(
            "<td><code>PUT</code><td><code>/api/books/{isbn}</code><td>anyone<td>Adds one &amp; all."
        ));
    }

    #[test]
    fn nothing_else_is_there() {
        for path in [
            "/api-docs",
            "/api-docs/swagger-config",
            "/swagger-ui",
            "/swagger-ui.html",
            "/swagger-ui/index.html",
        ] {
            assert!(documentation(path).is_some(), "{path}");
        }
        for path in ["/api-docs/", "/swagger-ui/swagger-ui.js", "/", "/docs"] {
            assert!(documentation(path).is_none(), "{path}");
        }
    }
}
