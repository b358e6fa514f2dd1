//! Answers that the host itself gives, as RFC 9457 problems in the form of every Lyceum service.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde::Serialize;

use crate::{BoxBody, Fault};

/// A problem that the host answers with.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// What programs tell it by, such as `SERVICE_BUSY`.
    pub code: &'static str,
    /// What people read.
    pub detail: String,
    /// When asking again may help; at least a second is told.
    pub retry_after: Option<Duration>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    error_code: &'static str,
    error_message: &'a str,
    correlation_id: &'a str,
    timestamp: String,
    service_name: &'a str,
}

impl Problem {
    /// A problem with this status.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after: None }
    }

    /// One that passes: a 503 with `Retry-After`.
    pub fn unavailable(code: &'static str, detail: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail) }
    }

    /// What a caller is told of a fault in `component`. Details of a trap stay in the log.
    pub fn of(fault: &Fault, component: &str) -> Self {
        match fault {
            Fault::Busy => Self::unavailable(
                "SERVICE_BUSY",
                format!("The service {component} has too many requests in progress."),
                Duration::from_secs(1),
            ),
            Fault::Absent => Self::unavailable(
                "SERVICE_ABSENT",
                format!("The service {component} does not run at present."),
                Duration::from_secs(2),
            ),
            Fault::Lost(_) => Self::unavailable(
                "SERVICE_LOST",
                format!(
                    "The service {component} was lost while it answered; it may have done what it was asked."
                ),
                Duration::from_secs(1),
            ),
            Fault::Deadline => Self::new(
                StatusCode::GATEWAY_TIMEOUT,
                "DEADLINE_EXCEEDED",
                format!("The service {component} did not answer in time."),
            ),
            Fault::Cpu(_) | Fault::Trap(_) | Fault::NoAnswer | Fault::NotServed => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "SERVICE_FAILED",
                format!("The service {component} failed while it answered."),
            ),
        }
    }

    /// The answer, by `service`, to the request for the path `instance`.
    pub fn response<E: 'static>(
        &self,
        service: &str,
        correlation_id: &str,
        instance: &str,
    ) -> Response<BoxBody<E>> {
        let now = jiff::Timestamp::now();
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            error_code: self.code,
            error_message: &self.detail,
            correlation_id,
            timestamp: now.round(jiff::Unit::Microsecond).unwrap_or(now).to_string(),
            service_name: service,
        };
        // Serialising plain strings and numbers can't fail; an empty body would still be a valid answer.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response =
            Response::new(Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}
