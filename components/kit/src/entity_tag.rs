//! `ETag`, `If-Match` and `If-None-Match` (RFC 9110, 8.8.3 and 13.1).

use axum::{body::Body, extract::FromRequestParts, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header, request::Parts};

use crate::{problem::Problem, violation::Violation};

/// A strong entity tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntityTag(String);

impl EntityTag {
    /// The tag of a row's version.
    pub fn of_version(version: i64) -> Self {
        Self(format!("\"{version}\""))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }
}

/// The state that a change is meant for. An extractor: 428 when it is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IfMatch(Tags);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Tags {
    Any,
    These(Vec<String>),
}

impl IfMatch {
    /// Fails with 412 unless the present state is the one that was meant.
    pub fn check(&self, present: &EntityTag) -> Result<(), Problem> {
        match &self.0 {
            Tags::Any => Ok(()),
            Tags::These(tags) if tags.contains(&present.0) => Ok(()),
            Tags::These(_) => Err(Problem::precondition_failed()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Err(Problem::precondition_required());
        }
        tags(&parts.headers, &header::IF_MATCH).map(Self).ok_or_else(|| {
            let violation = Violation::new("MALFORMED", "Must be entity tags such as \"7\", or *.");
            Problem::malformed(violation.at("/header/if-match"))
        })
    }
}

/// `None` when the header is not a list of entity tags.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Tags> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        // The kit's own tags hold no commas, so a list may be split at them.
        for tag in value.to_str().ok()?.split(',').map(str::trim) {
            match tag {
                "*" => return Some(Tags::Any),
                "" => {}
                tag => tags.push(tag),
            }
        }
    }
    let well_formed = |tag: &&str| {
        let opaque = tag.strip_prefix("W/").unwrap_or(tag);
        opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
    };
    if tags.is_empty() || !tags.iter().all(well_formed) {
        return None;
    }
    Some(Tags::These(tags.into_iter().map(ToOwned::to_owned).collect()))
}

/// What a GET or HEAD has already; a malformed header is ignored.
pub(crate) fn if_none_match(request: &Request<Body>) -> Option<HeaderMap> {
    let value = request.headers().get(header::IF_NONE_MATCH)?;
    if !request.method().is_safe() {
        return None;
    }
    Some(HeaderMap::from_iter([(header::IF_NONE_MATCH, value.clone())]))
}

/// The response, or 304 when the caller has it already (weak comparison).
pub(crate) fn unless_matched(response: Response, has: Option<HeaderMap>) -> Response {
    let Some(has) = has.and_then(|headers| tags(&headers, &header::IF_NONE_MATCH)) else { return response };
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let weak = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let same = match (&has, tag.map(weak)) {
        (_, None) => false,
        (Tags::Any, _) => true,
        (Tags::These(tags), Some(tag)) => tags.iter().any(|has| weak(has) == tag),
    };
    if !same || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on::block_on;

    fn if_match(value: &'static str) -> Result<IfMatch, Problem> {
        let request = Request::builder().header("if-match", value).body(()).unwrap();
        let mut parts = request.into_parts().0;
        block_on(IfMatch::from_request_parts(&mut parts, &())).unwrap()
    }

    #[test]
    fn a_change_needs_the_present_tag() {
        let present = EntityTag::of_version(7);
        for good in ["\"7\"", "\"6\", \"7\"", "*"] {
            assert!(if_match(good).unwrap().check(&present).is_ok(), "{good}");
        }
        // RFC 9110, 13.1.1: a weak tag never matches here.
        for stale in ["\"6\"", "W/\"7\""] {
            assert_eq!(if_match(stale).unwrap().check(&present).unwrap_err().status(), 412, "{stale}");
        }
        for bad in ["7", "", "\"7\", 8"] {
            assert_eq!(if_match(bad).unwrap_err().status(), 400, "{bad}");
        }
    }

    #[test]
    fn without_if_match_it_is_428() {
        let mut parts = Request::new(()).into_parts().0;
        let problem = block_on(IfMatch::from_request_parts(&mut parts, &())).unwrap().unwrap_err();
        assert_eq!(problem.status(), 428);
    }

    #[test]
    fn what_the_caller_has_is_not_sent_again() {
        let has = |value: &'static str| {
            Some(HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]))
        };
        let response = || crate::response::tagged(&EntityTag::of_version(7), "body");
        assert_eq!(unless_matched(response(), has("W/\"7\"")).status(), 304);
        assert_eq!(unless_matched(response(), has("\"6\"")).status(), 200);
        assert_eq!(unless_matched(response(), None).status(), 200);
        assert_eq!(unless_matched(Response::new(Body::empty()), has("*")).status(), 200);
    }
}
