//! `Idempotency-Key`: the same request again gets the first answer.

use axum::{body::Body, extract::Request};
use hmac::{Hmac, Mac};
use http::{HeaderMap, header, request::Parts};
use memchr::memmem;
use sha2::Sha256;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::{
    body::collect,
    once::OnceKey,
    problem::Problem,
    settings::{self, SettingsError},
    violation::Violation,
};

/// The header's name.
pub const HEADER: &str = "idempotency-key";
/// How long an answer is remembered: two days, of which one is promised.
const KEEP_SECONDS: u64 = 2 * 24 * 60 * 60;
const KEY_LIMIT: usize = 255;

/// The request's key, if it has one: 1 to 255 printable ASCII characters.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    let usable = |text: &&str| {
        (1..=KEY_LIMIT).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    let refused = || {
        let violation = Violation::new("MALFORMED", "Must be one key of 1 to 255 printable characters.");
        Problem::malformed(violation.at("/header/idempotency-key"))
    };
    text.filter(usable).map(|text| Some(text.to_owned())).ok_or_else(refused)
}

/// The key under which this request is remembered, and the request with its
/// body read.
pub(crate) async fn once(
    scope: String,
    key: String,
    request: Request,
) -> Result<(OnceKey, Request), Problem> {
    let (parts, body) = request.into_parts();
    let body = collect(body).await?;
    let secret = settings::derived_key("idempotency-fingerprint/1")?;
    let fingerprint = fingerprint(&secret, &parts, &body)?;
    let once = OnceKey { scope, key, fingerprint, keep_seconds: KEEP_SECONDS };
    Ok((once, Request::from_parts(parts, Body::from(body))))
}

/// Keyed, since bodies hold passwords that could be guessed from a plain digest.
fn fingerprint(secret: &[u8; 32], parts: &Parts, body: &[u8]) -> Result<String, SettingsError> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret).map_err(|_| SettingsError::Unusable("lyceum.secret"))?;
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    for part in [parts.method.as_str(), target] {
        mac.update(part.as_bytes());
        mac.update(b"\n");
    }
    let boundary = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match boundary.and_then(|content_type| multer::parse_boundary(content_type).ok()) {
        // Clients invent one for each request, so that a form that is sent again has another.
        Some(boundary) => update_without(&mut mac, body, boundary.as_bytes()),
        None => mac.update(body),
    }
    Ok(BASE64.encode(mac.finalize().into_bytes()))
}

/// What stands between the places where the boundary does, each piece with its length, so that no two bodies are taken for one.
fn update_without(mac: &mut Hmac<Sha256>, body: &[u8], boundary: &[u8]) {
    let mut rest = body;
    let finder = memmem::Finder::new(boundary);
    while let Some((piece, after)) = finder.find(rest).and_then(|at| rest.split_at_checked(at)) {
        mac.update(&piece.len().to_be_bytes());
        mac.update(piece);
        rest = after.get(boundary.len()..).unwrap_or_default();
    }
    mac.update(&rest.len().to_be_bytes());
    mac.update(rest);
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn a_key_is_one_of_255_printable_characters() {
        assert_eq!(key(&headers(&[])).unwrap(), None);
        assert_eq!(key(&headers(&["a b"])).unwrap().as_deref(), Some("a b"));
        assert!(key(&headers(&[&"x".repeat(255)])).is_ok());
        for bad in [&[""] as &[&str], &["x\ty"], &["é"], &["a", "b"], &[&"x".repeat(256)]] {
            assert_eq!(key(&headers(bad)).unwrap_err().status(), 400, "{bad:?}");
        }
    }

    #[test]
    fn any_other_request_has_another_fingerprint() {
        let of = |method: &str, target: &str, body: &[u8]| {
            let request = http::Request::builder().method(method).uri(target).body(()).unwrap();
            fingerprint(&[1; 32], &request.into_parts().0, body).unwrap()
        };
        let first = of("POST", "/a?b=1", b"{}");
        assert_eq!(first, of("POST", "/a?b=1", b"{}"));
        for other in [of("PUT", "/a?b=1", b"{}"), of("POST", "/a?b=2", b"{}"), of("POST", "/a?b=1", b"[]")] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_form_that_is_sent_again_has_another_boundary_and_the_same_fingerprint() {
        let of = |boundary: &str, content: &str| {
            let body = format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
            );
            let kind = format!("multipart/form-data; boundary={boundary}");
            let request = http::Request::post("/a").header("content-type", kind).body(()).unwrap();
            fingerprint(&[1; 32], &request.into_parts().0, body.as_bytes()).unwrap()
        };
        assert_eq!(of("first", "x"), of("second", "x"));
        assert_ne!(of("first", "x"), of("first", "y"));
        assert_ne!(of("first", "x"), of("first", "xfirst"));
    }
}
