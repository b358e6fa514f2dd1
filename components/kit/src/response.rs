//! Answers that handlers often give.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::entity_tag::EntityTag;

/// 201 with `Location`.
pub fn created(location: &str, body: impl IntoResponse) -> Response {
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 202 with the `Location` at which can be seen how far the work is.
pub fn accepted(location: &str, body: impl IntoResponse) -> Response {
    let mut response = created(location, body);
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

/// 204.
pub fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// An answer with its `ETag`.
pub fn tagged(tag: &EntityTag, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::ETAG, tag.header());
    response
}
