//! `ETag` (RFC 9110, 8.8.3), and the tags that a request names.

use http::{HeaderMap, HeaderName, HeaderValue};

/// A strong entity tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntityTag(String);

impl EntityTag {
    /// The tag of a row's version.
    pub fn of_version(version: i64) -> Self {
        Self(format!("\"{version}\""))
    }

    /// The tag of a content, by its digest in hexadecimal.
    pub fn of_digest(hexadecimal: &impl std::fmt::Display) -> Self {
        Self(format!("\"{hexadecimal}\""))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// As it stands in headers, with its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands in `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Tags {
    /// `*`
    Any,
    /// As they stand there, with their quotes and `W/`.
    These(Vec<String>),
}

impl Tags {
    /// The tags that the header names; `None` without it, and an error when it is no list of tags.
    pub(crate) fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Result<Self, Malformed>> {
        let mut values = headers.get_all(name).iter().peekable();
        values.peek()?;
        let mut texts = Vec::new();
        for value in values {
            match value.to_str() {
                Ok(text) => texts.push(text),
                Err(_) => return Some(Err(Malformed)),
            }
        }
        // Several lines are one list (RFC 9110, 5.3).
        Some(Self::parse(&texts.join(",")).ok_or(Malformed))
    }

    fn parse(list: &str) -> Option<Self> {
        if list.trim() == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = list.trim_start_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let weak = if rest.starts_with("W/") { 2 } else { 0 };
            let inside = rest.get(weak..)?.strip_prefix('"')?;
            // A tag may hold commas, but no quote, space or control character.
            let length = inside.find('"')?;
            let (opaque, after) = inside.split_at_checked(length)?;
            if opaque.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
                return None;
            }
            tags.push(rest.get(..weak + length + 2)?.to_owned());
            let after = after.get(1..)?.trim_start_matches([' ', '\t']);
            if !after.is_empty() && !after.starts_with(',') {
                return None;
            }
            rest = after.trim_start_matches([' ', '\t', ',']);
        }
        (!tags.is_empty()).then_some(Self::These(tags))
    }

    /// Strong comparison: a weak tag never matches (RFC 9110, 8.8.3.2). `None` is a resource that isn't there.
    pub(crate) fn name_strongly(&self, present: Option<&str>) -> bool {
        match (self, present) {
            (_, None) => false,
            (Self::Any, _) => true,
            (Self::These(tags), Some(present)) => {
                !present.starts_with("W/") && tags.iter().any(|tag| tag == present)
            }
        }
    }

    /// Weak comparison.
    pub(crate) fn name_weakly(&self, present: Option<&str>) -> bool {
        let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
        match (self, present.map(opaque)) {
            (_, None) => false,
            (Self::Any, _) => true,
            (Self::These(tags), Some(present)) => tags.iter().any(|tag| opaque(tag) == present),
        }
    }
}

/// It is no list of entity tags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Malformed;

#[cfg(test)]
mod tests {
    use http::header::IF_MATCH;

    use super::*;

    fn tags(values: &[&str]) -> Option<Result<Tags, Malformed>> {
        let value = |value: &&str| (IF_MATCH, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in values.iter().map(value) {
            headers.append(name, value);
        }
        Tags::of(&headers, &IF_MATCH)
    }

    #[test]
    fn lists_of_tags_are_read_whatever_the_tags_hold() {
        assert_eq!(tags(&[]), None);
        assert_eq!(tags(&[" * "]), Some(Ok(Tags::Any)));
        for (values, expected) in [
            (&["\"7\""][..], &["\"7\""][..]),
            (&["\"6\", W/\"7\" ,,"], &["\"6\"", "W/\"7\""]),
            (&["\"a,b\",\"\""], &["\"a,b\"", "\"\""]),
            (&["\"1\"", "\"2\""], &["\"1\"", "\"2\""]),
        ] {
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(tags(values), Some(Ok(Tags::These(expected))), "{values:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_malformed() {
        for bad in
            ["7", "", ",", "\"7\", 8", "\"7", "w/\"7\"", "W/", "\"7\" \"8\"", "*, \"7\"", "\"a b\"", "\"é\""]
        {
            assert_eq!(tags(&[bad]), Some(Err(Malformed)), "{bad}");
        }
    }

    #[test]
    fn a_weak_tag_matches_by_weak_comparison_only() {
        let weak = Tags::These(vec!["W/\"7\"".into()]);
        assert!(weak.name_weakly(Some("\"7\"")) && !weak.name_strongly(Some("\"7\"")));
        let strong = Tags::These(vec!["\"7\"".into()]);
        assert!(strong.name_weakly(Some("W/\"7\"")) && !strong.name_strongly(Some("W/\"7\"")));
        assert!(!Tags::Any.name_strongly(None) && !Tags::Any.name_weakly(None));
    }
}
