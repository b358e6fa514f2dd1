//! Aurora's dialect.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::Dialect;
use crate::{clock, context::Context, problem::Problem, violation::FieldViolation};

/// `{"detail": [...]}` with 422 for whatever is wrong with a request, and a code for whatever a handler refuses.
pub static AURORA: Aurora = Aurora;

/// See [`AURORA`].
#[derive(Clone, Copy, Debug)]
pub struct Aurora;

impl Dialect for Aurora {
    fn problem(&self, problem: &Problem) -> Response {
        let unread = matches!(problem.code(), "MALFORMED_JSON" | "MALFORMED_REQUEST" | "VALIDATION_FAILED");
        if unread && !problem.violations().is_empty() {
            let details: Vec<Value> =
                problem.violations().iter().map(|violation| detail(problem, violation)).collect();
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": details }))).into_response();
        }
        if problem.status() == StatusCode::METHOD_NOT_ALLOWED {
            return (problem.status(), Json(json!({ "detail": "Method Not Allowed" }))).into_response();
        }
        let internal = problem.status() == StatusCode::INTERNAL_SERVER_ERROR;
        let context = Context::current();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a time in seconds with a fraction is what it shall be"
        )]
        let seconds = clock::now().as_micros() as f64 / 1e6;
        let document = json!({
            "error_code": if internal { "INTERNAL_SERVER_ERROR" } else { "HTTP_ERROR" },
            "error_message": problem.detail(),
            "correlation_id": context.correlation_id(),
            "timestamp": seconds,
            "service_name": context.service(),
        });
        (problem.status(), Json(document)).into_response()
    }
}

fn detail(problem: &Problem, violation: &FieldViolation) -> Value {
    let kind = match violation.code {
        "REQUIRED" => "missing",
        "UNKNOWN_FIELD" => "extra_forbidden",
        "MALFORMED" if violation.pointer.is_empty() => "json_invalid",
        _ => "value_error",
    };
    let mut place: Vec<&str> = violation.pointer.split('/').skip(1).collect();
    if problem.is_about_body() {
        place.insert(0, "body");
    }
    json!({ "type": kind, "loc": place, "msg": violation.message })
}
