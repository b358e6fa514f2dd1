//! The headers that Lyceum's answers have, so that both write the same number of bytes.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use uuid::Uuid;

/// Of every answer: what ties together all that one request led to.
pub(crate) async fn correlate(mut response: Response) -> Response {
    if let Ok(id) = HeaderValue::try_from(Uuid::now_v7().to_string()) {
        response.headers_mut().insert("x-correlation-id", id);
    }
    response
}

/// Of every answer that passes Lyceum's gateway.
pub(crate) async fn protect(mut response: Response) -> Response {
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
