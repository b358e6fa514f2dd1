//! Answers other than the expected, as problem details (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A request that fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No valid token.
    Unauthorized,
    /// No such profile.
    NotFound,
    /// A field is wrong.
    Invalid(&'static str),
    /// The address belongs to an account, or the copy isn't free.
    Taken,
    /// The server's own fault.
    Internal,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        eprintln!("the database failed: {error}");
        Self::Internal
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, title) = match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "a valid access token is needed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "there is no such profile"),
            Self::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
            Self::Taken => (StatusCode::CONFLICT, "it is taken"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "the server failed"),
        };
        let body = serde_json::json!({ "title": title, "status": status.as_u16() }).to_string();
        let content_type = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
    }
}
