//! Errors as RFC 9457 problem details, with Lyceum's extension members.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{
    clock::{self, Timestamp},
    context::Context,
    violation::FieldViolation,
};

const MALFORMED_REQUEST: &str = "MALFORMED_REQUEST";
/// The code of [`Problem::changed_meanwhile`].
pub(crate) const CHANGED_MEANWHILE: &str = "CHANGED_MEANWHILE";

/// An error as its caller sees it: `application/problem+json`.
///
/// It never holds more than the caller may know; what went wrong inside belongs
/// in the log.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    violations: Vec<FieldViolation>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What an older client calls that of which something is wrong.
    object: Option<&'static str>,
}

/// The members of a problem document, as OpenAPI shows them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// Always `about:blank`: `error_code` tells problems apart.
    #[serde(rename = "type")]
    kind: &'a str,
    /// The status's own phrase.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened to this request, for a person.
    detail: &'a str,
    /// The path that was asked for.
    instance: Cow<'a, str>,
    /// For a program, such as `EMAIL_TAKEN`.
    error_code: &'a str,
    /// The same as `detail`.
    error_message: &'a str,
    /// Finds this request in the logs.
    correlation_id: Cow<'a, str>,
    /// When it happened.
    timestamp: Timestamp,
    /// The service that answered.
    service_name: &'a str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [FieldViolation],
}

impl Problem {
    /// A problem with that status, machine-readable code and sentence for a person.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, detail) = (code.into(), detail.into());
        Self(Box::new(Parts {
            status,
            code,
            detail,
            violations: Vec::new(),
            headers: Vec::new(),
            object: None,
        }))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Names a field that is wrong.
    #[must_use]
    pub fn with_violation(mut self, violation: FieldViolation) -> Self {
        self.0.violations.push(violation);
        self
    }

    /// Replaces the machine-readable code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = code.into();
        self
    }

    /// Replaces the sentence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Says what an older client calls the thing whose fields are wrong. Only some dialects tell it.
    #[must_use]
    pub fn with_object(mut self, name: &'static str) -> Self {
        self.0.object = Some(name);
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its machine-readable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Its sentence.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields that are wrong.
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }

    /// What an older client calls the thing whose fields are wrong.
    pub(crate) fn object(&self) -> Option<&'static str> {
        self.0.object
    }

    /// Whether its violations are in the body: otherwise, they are in the path, the query or a header.
    pub(crate) fn is_about_body(&self) -> bool {
        self.0.code != MALFORMED_REQUEST
    }

    /// What its answer has beside the usual headers.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    /// 400: the request can't be understood.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400 for one part of the request other than its body.
    pub fn malformed(violation: FieldViolation) -> Self {
        let detail = format!("{}: {}", violation.pointer, violation.message);
        Self::bad_request(MALFORMED_REQUEST, detail).with_violation(violation)
    }

    /// 422: the fields named are wrong.
    pub fn invalid(violations: Vec<FieldViolation>) -> Self {
        let detail = match violations.as_slice() {
            [only] if only.pointer.is_empty() => Cow::Owned(format!("The body: {}", only.message)),
            [only] => Cow::Owned(format!("{}: {}", only.pointer, only.message)),
            _ => Cow::Borrowed("Several fields are wrong; see details."),
        };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", detail);
        problem.0.violations = violations;
        problem
    }

    /// 422: understood, but it can't be done.
    pub fn unprocessable(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 401 with the challenge of RFC 6750.
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: known, but not allowed.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    /// 409: against the present state.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409: somebody else changed it while this request worked on it. See [`again`](crate::again).
    pub fn changed_meanwhile() -> Self {
        Self::conflict(CHANGED_MEANWHILE, "It was changed in the meantime: try it again.")
    }

    /// 412: it was changed since the caller read it.
    pub fn precondition_failed() -> Self {
        let detail = "It was changed in the meantime: read it again and repeat with its new ETag.";
        Self::new(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", detail)
    }

    /// 428: say with If-Match which state this change is meant for.
    pub fn precondition_required() -> Self {
        let detail = "This change needs an If-Match header with the ETag that was read.";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "PRECONDITION_REQUIRED", detail)
    }

    /// 413, with the limit in bytes.
    pub fn too_large(limit: u64) -> Self {
        let detail = format!("The body may have at most {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
    }

    /// 415, naming what would be understood.
    pub fn unsupported_media_type(accepted: &'static str) -> Self {
        let detail = format!("The body must be {accepted}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail)
            .with_header(header::ACCEPT, HeaderValue::from_static(accepted))
    }

    /// 429 with `Retry-After`.
    pub fn too_many_requests(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "Too many requests; try again later.")
            .with_retry_after(retry_after)
    }

    /// 500 that says nothing of the cause: log it.
    pub fn internal() -> Self {
        let detail = "Something went wrong here. The correlation id helps to find out what.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", detail)
    }

    /// 502: another service answered with something that can't be understood.
    pub fn bad_gateway(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "BAD_GATEWAY", detail)
    }

    /// 503 with `Retry-After`.
    pub fn unavailable(retry_after: Duration) -> Self {
        let detail = "This service can't answer at present; try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", detail)
            .with_retry_after(retry_after)
    }

    /// 504: another service didn't answer in time.
    pub fn timeout() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", "It took too long; try again later.")
    }

    /// Sets `Retry-After`, in whole seconds rounded up, at least 1.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let context = Context::current();
        // For the route's dialect, which may say it in another way.
        let kept = Arc::new(self.clone());
        let parts = *self.0;
        let document = ProblemDocument {
            kind: "about:blank",
            title: parts.status.canonical_reason().unwrap_or("Error"),
            status: parts.status.as_u16(),
            detail: &parts.detail,
            instance: context.asked().into(),
            error_code: &parts.code,
            error_message: &parts.detail,
            correlation_id: context.correlation_id().to_owned().into(),
            timestamp: clock::now(),
            service_name: context.service(),
            details: &parts.violations,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (parts.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(parts.headers);
        response.extensions_mut().insert(kept);
        response
    }
}
