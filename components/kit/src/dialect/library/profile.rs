//! Which generation of the library a client was made for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

/// What the gateway says so by. It takes it from whatever comes from outside.
const HEADER: HeaderName = HeaderName::from_static("lyceum-library");
const SUCCESSOR: &str = "successor";

/// Which clients the address is for that was asked: those of the library, or those of its successor, which differ in a few
/// things. An extractor; without the gateway's word it is the library's own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LibraryProfile {
    /// The library itself.
    #[default]
    Reference,
    /// The services that came after it.
    Successor,
}

impl LibraryProfile {
    /// What the gateway said.
    pub fn of(headers: &HeaderMap) -> Self {
        match headers.get(HEADER) {
            Some(value) if value == SUCCESSOR => Self::Successor,
            _ => Self::Reference,
        }
    }

    /// Says it to a service: for the gateway.
    pub fn announce(self, headers: &mut HeaderMap) {
        match self {
            Self::Reference => headers.remove(HEADER),
            Self::Successor => headers.insert(HEADER, HeaderValue::from_static(SUCCESSOR)),
        };
    }
}

impl<S: Sync> FromRequestParts<S> for LibraryProfile {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_says_is_what_a_service_hears_and_otherwise_it_is_the_library() {
        let mut headers = HeaderMap::new();
        assert_eq!(LibraryProfile::of(&headers), LibraryProfile::Reference);
        for profile in [LibraryProfile::Successor, LibraryProfile::Reference] {
            profile.announce(&mut headers);
            assert_eq!(LibraryProfile::of(&headers), profile);
        }
        headers.insert("lyceum-library", HeaderValue::from_static("anything"));
        assert_eq!(LibraryProfile::of(&headers), LibraryProfile::Reference);
    }
}
