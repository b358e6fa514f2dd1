//! The token of an `Authorization` header (RFC 6750, 2.1).

use http::{HeaderMap, header};
use lyceum_kit::prelude::*;

use super::refusal::Refusal;

/// The longest token that is looked at, in bytes. Ours have about 500.
const LIMIT: usize = 4 * 1024;

/// The token; `None` without the header. Any other scheme is refused, since
/// whoever sends it expects to be known.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        let detail = "The request has more than one Authorization header.";
        return Err(Problem::bad_request("MALFORMED_REQUEST", detail));
    }
    let credentials = value.to_str().map_err(|_| Refusal::Malformed)?;
    let (scheme, token) = credentials.split_once(' ').unwrap_or((credentials, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Problem::unauthorized("Only access tokens are understood: Authorization: Bearer ..."));
    }
    let token = token.trim_matches(' ');
    if token.is_empty() || token.len() > LIMIT {
        return Err(Refusal::Malformed.into());
    }
    Ok(Some(token))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let value = |value: &&str| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in values.iter().map(value) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn the_scheme_has_no_case() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c "] {
            assert_eq!(token(&headers(&[value])).unwrap(), Some("a.b.c"), "{value}");
        }
        assert_eq!(token(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn whatever_is_not_one_token_is_refused() {
        let long = format!("Bearer {}", "x".repeat(LIMIT + 1));
        for value in ["", "Bearer", "Bearer ", "Basic dTpw", "Bearerx", "a.b.c", &long] {
            assert_eq!(token(&headers(&[value])).unwrap_err().status(), 401, "{value}");
        }
        assert_eq!(token(&headers(&["Bearer a", "Bearer b"])).unwrap_err().status(), 400);
    }
}
