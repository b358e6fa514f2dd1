//! What ties together everything that one outside request led to.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Request};

/// Ties together everything that one outside request led to.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Longest correlation id that is taken over from a client.
const MAX_BYTES: usize = 128;

/// The client's own correlation id if it is a harmless one, else a new one; the request carries it on. Components have
/// the same rule (`components/kit/src/context.rs`): one that they replaced would tie nothing together.
pub(crate) fn correlation_id<B>(request: &mut Request<B>) -> Arc<str> {
    let given = request.headers().get(CORRELATION_ID).and_then(|value| value.to_str().ok());
    let harmless = given.filter(|id| {
        (1..=MAX_BYTES).contains(&id.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn taken_over(id: &str) -> bool {
        let mut request = Request::new(());
        request.headers_mut().insert(CORRELATION_ID, HeaderValue::from_str(id).unwrap());
        let given = correlation_id(&mut request);
        assert_eq!(request.headers()[CORRELATION_ID], *given);
        &*given == id
    }

    /// The same as in the kit's `context`.
    #[test]
    fn a_harmless_correlation_id_is_kept_and_any_other_replaced() {
        for good in ["abc-1", "1-67891233-abcdef", "a_B.c:d", "a/b+c==", &"x".repeat(128)] {
            assert!(taken_over(good), "{good}");
        }
        for bad in ["", "a b", "<script>", "a,b", "a;b", &"x".repeat(129)] {
            assert!(!taken_over(bad), "{bad}");
        }
    }
}
