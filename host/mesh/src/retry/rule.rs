//! Which calls can be repeated without harm, and how often.

use http::Method;

/// How often one call is repeated at most.
pub const REPEATS: u32 = 2;

/// Whether a call with this method may arrive twice: the idempotent methods of RFC 9110, section 9.2.2
/// (without TRACE, which no service answers), and any method with an `Idempotency-Key`.
pub fn is_idempotent(method: &Method, has_idempotency_key: bool) -> bool {
    has_idempotency_key
        || matches!(*method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::is_idempotent;

    #[test]
    fn only_idempotent_calls_may_be_repeated() {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            assert!(is_idempotent(&method, false), "{method}");
        }
        for method in [Method::POST, Method::PATCH, Method::CONNECT, Method::TRACE] {
            assert!(!is_idempotent(&method, false), "{method}");
            assert!(is_idempotent(&method, true), "{method} with a key");
        }
    }
}
