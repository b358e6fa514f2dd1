//! The route table: which paths lead to which component.

use std::fmt;

use serde::Serialize;

/// One of a component's `routes = [{ prefix = "/api/v1/auth" }]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Matches this path and all below it, whole segments only.
    pub prefix: PathPrefix,
    /// What the prefix is replaced by before the component sees the path.
    pub rewrite: Option<PathPrefix>,
    /// Whether the public listener hands these paths straight to the component, past the gateway.
    pub public: bool,
}

/// An absolute path without query, empty segments, dot segments or a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// Checks `text`; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let Some(rest) = text.strip_prefix('/') else { return Err("must begin with `/`") };
        if rest.is_empty() {
            return Ok(Self(text.to_owned()));
        }
        if rest.ends_with('/') {
            return Err("must not end with `/`; a prefix covers all paths below it anyway");
        }
        // The unreserved characters of RFC 3986 and nothing that has to be percent-encoded: then a
        // prefix can be compared without decoding anything.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        for segment in rest.split('/') {
            match segment {
                "" => return Err("must not have an empty segment"),
                "." | ".." => return Err("must not have a `.` or `..` segment"),
                segment if !segment.chars().all(plain) => {
                    return Err("may hold only letters, digits and `-._~` in its segments");
                }
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The path's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `path` is this path or lies below it.
    pub fn covers(&self, path: &str) -> bool {
        if self.0 == "/" {
            return path.starts_with('/');
        }
        path.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for PathPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of the route table that the gateway is given as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteEntry {
    /// See [`Route::prefix`].
    pub prefix: PathPrefix,
    /// The component's id.
    pub component: String,
    /// See [`Route::rewrite`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<PathPrefix>,
    /// See [`Route::public`].
    pub public: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_whole_segments_only() {
        let prefix = PathPrefix::parse("/api/v1/users").unwrap();
        assert!(prefix.covers("/api/v1/users"));
        assert!(prefix.covers("/api/v1/users/"));
        assert!(prefix.covers("/api/v1/users/me"));
        assert!(!prefix.covers("/api/v1/users-and-more"));
        assert!(!prefix.covers("/api/v1"));
        assert!(PathPrefix::parse("/").unwrap().covers("/anything"));
    }

    #[test]
    fn paths_that_could_be_read_in_two_ways_are_refused() {
        for wrong in ["", "api", "/api/", "/a//b", "/a/../b", "/a/./b", "/a?b", "/a#b", "/%61", "/a b", "//"]
        {
            assert!(PathPrefix::parse(wrong).is_err(), "{wrong:?}");
        }
        for right in ["/", "/.well-known/jwks.json", "/api/v1/auth"] {
            assert!(PathPrefix::parse(right).is_ok(), "{right:?}");
        }
    }
}
