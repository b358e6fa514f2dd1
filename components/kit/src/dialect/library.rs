//! The library's dialect.

mod average;
mod form;
mod html;
mod profile;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use serde_json::{Value, json};

pub use self::{
    average::tenths,
    form::{FormText, FormTexts, LibraryForm, LibraryPhoto},
    html::sanitised,
    profile::LibraryProfile,
};
use super::Dialect;
use crate::{context::Context, problem::Problem, violation::Violation};

/// `{"message", "details"}`, bare numbers in `If-Match`, 400 where it is missing and 409 where it is stale, and an
/// `ETag` on every answer to a GET.
pub static LIBRARY: Library = Library;

/// See [`LIBRARY`].
#[derive(Clone, Copy, Debug)]
pub struct Library;

/// On every answer, if it doesn't say otherwise itself.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
    (header::EXPIRES, HeaderValue::from_static("0")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::X_XSS_PROTECTION, HeaderValue::from_static("0")),
];

/// Of these the framework itself spoke, not the application.
const OF_THE_FRAMEWORK: [&str; 6] = [
    "BODY_TOO_LARGE",
    "MALFORMED_JSON",
    "METHOD_NOT_ALLOWED",
    "PARAMETER_MISSING",
    "PRECONDITION_REQUIRED",
    "UNSUPPORTED_MEDIA_TYPE",
];

impl Dialect for Library {
    /// A version may be sent with its quotes or without. None at all is also an empty text, or `null`. What reads and
    /// what deletes has no use for one.
    fn request(&self, parts: &mut Parts) -> Result<(), Problem> {
        let Some(sent) = parts.headers.get(header::IF_MATCH) else { return Ok(()) };
        let text = sent.to_str().unwrap_or("?").trim();
        let unused = parts.method.is_safe() || parts.method == Method::DELETE;
        if unused || matches!(text, "" | "null") {
            parts.headers.remove(header::IF_MATCH);
            return Ok(());
        }
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let version =
            bare.parse::<i64>().ok().and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok());
        let version = version.ok_or_else(|| {
            Problem::malformed(Violation::new("NOT_A_VERSION", "Must be a version.").at("/header/if-match"))
        })?;
        parts.headers.insert(header::IF_MATCH, version);
        Ok(())
    }

    fn problem(&self, problem: &Problem) -> Response {
        match problem.status() {
            status @ StatusCode::UNAUTHORIZED => status.into_response(),
            // A rule of the route; a handler that refuses says so by another code.
            status @ StatusCode::FORBIDDEN if problem.code() == "FORBIDDEN" => {
                let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
                (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
            }
            status if status.is_server_error() || OF_THE_FRAMEWORK.contains(&problem.code()) => {
                of_the_framework(problem)
            }
            StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => {
                let details = json!([{ "message": problem.detail() }, { "error": problem.code() }]);
                told(StatusCode::CONFLICT, "Conflict", &details)
            }
            StatusCode::FORBIDDEN => {
                let lending = problem.code() == "LENDING_FORBIDDEN";
                let label = if lending { "Lending forbidden!" } else { "Access denied!" };
                told(StatusCode::FORBIDDEN, label, &json!([problem.detail()]))
            }
            StatusCode::NOT_FOUND => told(StatusCode::NOT_FOUND, "Not found", &json!([problem.detail()])),
            _ => refused(problem),
        }
    }

    fn headers(&self, headers: &mut HeaderMap) {
        for (name, value) in HEADERS {
            headers.entry(name).or_insert(value);
        }
    }

    fn tags_content(&self) -> bool {
        true
    }
}

/// What is wrong with the request, which is always 400.
fn refused(problem: &Problem) -> Response {
    let violations = problem.violations();
    // A body may have a member that is called `query`.
    let mut outside = violations.iter().filter(|_| !problem.is_about_body());
    let parameter = outside.find_map(|violation| {
        let pointer = &violation.pointer;
        let name = pointer.strip_prefix("/path/").or_else(|| pointer.strip_prefix("/query/"))?;
        let value = violation.rejected.as_deref().unwrap_or_default();
        Some(json!([{ "paramName": name }, { "paramValue": value }, { "errorMessage": violation.message }]))
    });
    let (label, details) = if let Some(details) = parameter {
        ("Method argument type mismatch", details)
    } else if problem.code() == "FILE_REFUSED" {
        ("Bad Request: Validation Failed", json!([problem.detail()]))
    } else if violations.is_empty() || problem.status() == StatusCode::BAD_REQUEST {
        ("Bad Request", json!([problem.detail()]))
    } else {
        let field = |pointer: &str| pointer.trim_start_matches('/').replace('/', ".");
        let object = problem.object().unwrap_or("request");
        let details = violations.iter().map(|violation| {
            json!({
                "objectName": object,
                "field": field(&violation.pointer),
                // The older library wrote what wasn't given like that.
                "rejectedValue": violation.rejected.as_deref().unwrap_or("null"),
                "errorMessage": violation.message,
            })
        });
        ("Method argument validation failed", details.collect())
    };
    told(StatusCode::BAD_REQUEST, label, &details)
}

fn told(status: StatusCode, label: &str, details: &Value) -> Response {
    (status, Json(json!({ "message": label, "details": details }))).into_response()
}

fn of_the_framework(problem: &Problem) -> Response {
    let status = match problem.status() {
        StatusCode::PRECONDITION_REQUIRED => StatusCode::BAD_REQUEST,
        status => status,
    };
    let document = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": problem.detail(),
        "instance": Context::current().asked(),
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], document.to_string()).into_response()
}
