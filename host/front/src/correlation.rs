//! What ties together everything that one outside request led to.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Request};

/// Ties together everything that one outside request led to.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Longest correlation id that is taken over from a client.
const LONGEST: usize = 128;

/// The client's own correlation id if it is a harmless one, else a new one; the request carries it on.
pub(crate) fn correlation_id<B>(request: &mut Request<B>) -> Arc<str> {
    let given = request.headers().get(CORRELATION_ID).and_then(|value| value.to_str().ok());
    let harmless = given.filter(|id| {
        (1..=LONGEST).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte))
    });
    let id: Arc<str> = match harmless {
        Some(id) => id.into(),
        None => uuid::Uuid::now_v7().to_string().into(),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(CORRELATION_ID, value);
    }
    id
}
