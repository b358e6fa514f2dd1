//! Aurora's dialect.

mod moment;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

pub use self::moment::Moment;
use super::Dialect;
use crate::{clock, context::Context, problem::Problem, violation::FieldViolation};

/// `{"detail": [...]}` with 422 for whatever is wrong with a request, and a code for whatever a handler refuses.
pub static AURORA: Aurora = Aurora;

/// See [`AURORA`].
#[derive(Clone, Copy, Debug)]
pub struct Aurora;

impl Dialect for Aurora {
    fn sends_to_slash(&self) -> bool {
        true
    }

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

/// One thing that is wrong, as the framework of that system says it. `input` is null where it isn't known.
fn detail(problem: &Problem, violation: &FieldViolation) -> Value {
    let kind = match violation.code {
        "REQUIRED" => "missing",
        "UNKNOWN_FIELD" => "extra_forbidden",
        "MALFORMED" if violation.pointer.is_empty() => "json_invalid",
        "TOO_SHORT" => "string_too_short",
        "TOO_LONG" => "string_too_long",
        _ => "value_error",
    };
    let segment = |text: &str| text.parse::<u32>().map_or_else(|_| json!(text), |index| json!(index));
    let mut place: Vec<Value> = violation.pointer.split('/').skip(1).map(segment).collect();
    if problem.is_about_body() {
        place.insert(0, json!("body"));
    }
    let detail = Detail {
        kind,
        loc: place,
        msg: &violation.message,
        input: violation.rejected.as_deref(),
        url: format!("https://errors.pydantic.dev/2.5/v/{kind}"),
    };
    serde_json::to_value(detail).unwrap_or_default()
}

#[derive(Serialize)]
struct Detail<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    loc: Vec<Value>,
    msg: &'a str,
    input: Option<&'a str>,
    url: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::violation::Violation;

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_what_was_given() {
        let in_body =
            Problem::invalid(vec![Violation::new("REQUIRED", "Field required").at("/items/0/name")]);
        assert_eq!(
            detail(&in_body, &in_body.violations()[0]),
            json!({
                "type": "missing", "loc": ["body", "items", 0, "name"], "msg": "Field required", "input": null,
                "url": "https://errors.pydantic.dev/2.5/v/missing"
            })
        );
        let wrong = Violation::new("MALFORMED", "Must be a number.").at("/query/limit").rejecting("x");
        let in_query = Problem::malformed(wrong);
        let told = detail(&in_query, &in_query.violations()[0]);
        assert_eq!((&told["loc"], &told["input"]), (&json!(["query", "limit"]), &json!("x")));
    }
}
