//! The route table: which paths lead to which component.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

/// One of a component's `routes = [{ prefix = "/api/v1/auth" }, { path = "/books/{isbn}/loans" }]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Which paths it matches.
    pub pattern: Pattern,
    /// What the pattern is replaced by before the component sees the path. It names the same variables.
    pub rewrite: Option<PathTemplate>,
}

/// Which paths a route matches.
///
/// Of several that match a path the most specific one counts. Compared segment by segment from the left, a literal
/// segment is more specific than a variable, a variable behind a longer text than one behind a shorter or none, and more
/// segments are more specific than fewer; a path is more specific than the prefix of the same segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pattern {
    /// This path and all below it, whole segments only.
    Prefix(PathTemplate),
    /// This path alone.
    Path(PathTemplate),
}

impl Pattern {
    /// Its segments.
    pub const fn template(&self) -> &PathTemplate {
        match self {
            Self::Prefix(template) | Self::Path(template) => template,
        }
    }

    /// `prefix` or `path`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Prefix(_) => "prefix",
            Self::Path(_) => "path",
        }
    }

    /// The same for two patterns that match the same paths. Two that differ in case only count as the same: they would
    /// be told apart by nobody but a machine.
    pub(crate) fn shape(&self) -> (&'static str, String) {
        let shape = |segment: &str| match variable(segment) {
            Some((text, _)) => format!("/{}{{}}", text.to_ascii_lowercase()),
            None => format!("/{}", segment.to_ascii_lowercase()),
        };
        (self.kind(), self.template().segments().map(shape).collect())
    }
}

/// An absolute path without query, empty segments, dot segments or a slash at its end. A segment `{name}` stands for
/// any one segment, `users-{name}` for any that begins with this text and goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PathTemplate(String);

impl PathTemplate {
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
        // literal segment can be compared without decoding anything.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        let mut variables = BTreeSet::new();
        for segment in rest.split('/') {
            match segment {
                "" => return Err("must not have an empty segment"),
                "." | ".." => return Err("must not have a `.` or `..` segment"),
                segment if segment.contains(['{', '}']) => match variable(segment) {
                    None => {
                        return Err(
                            "has braces that don't end a segment such as `{book_id}` or `users-{id}`",
                        );
                    }
                    Some((text, _)) if !text.chars().all(plain) => {
                        return Err("may hold only letters, digits and `-._~` before a variable");
                    }
                    Some((_, name)) if !variables.insert(name) => return Err("names a variable twice"),
                    Some(_) => {}
                },
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

    /// The names of its variables.
    pub fn variables(&self) -> BTreeSet<&str> {
        self.segments().filter_map(variable).map(|(_, name)| name).collect()
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands before a segment's variable, and the name in `{name}`: letters, digits and `_`.
fn variable(segment: &str) -> Option<(&str, &str)> {
    let (text, name) = segment.split_once('{')?;
    let name = name.strip_suffix('}')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some((text, name))
}

/// One line of the route table that the gateway is given as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteEntry {
    /// See [`Route::pattern`].
    #[serde(flatten)]
    pub pattern: Pattern,
    /// The component's id.
    pub component: String,
    /// See [`Route::rewrite`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<PathTemplate>,
    /// The largest body that the component takes, in bytes; see [`crate::Limits::request_body`].
    pub request_body: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_be_read_in_two_ways_are_refused() {
        for wrong in [
            "",
            "api",
            "/api/",
            "/a//b",
            "/a/../b",
            "/a/./b",
            "/a?b",
            "/a#b",
            "/%61",
            "/a b",
            "//",
            "/{a",
            "/a}",
            "/{}",
            "/{a}b",
            "/{a b}",
            "/{a}/{a}",
            "/{*a}",
            "/a{}",
            "/a{b}c",
            "/a{b}-{c}",
            "/%61{b}",
        ] {
            assert!(PathTemplate::parse(wrong).is_err(), "{wrong:?}");
        }
        for right in [
            "/",
            "/.well-known/jwks.json",
            "/api/v1/auth",
            "/readers/{year}/{seq}/lendings",
            "/{a_1}",
            "/a-{b}",
        ] {
            assert!(PathTemplate::parse(right).is_ok(), "{right:?}");
        }
    }

    #[test]
    fn patterns_that_match_the_same_paths_have_one_shape() {
        let prefix = |text| Pattern::Prefix(PathTemplate::parse(text).unwrap());
        let path = |text| Pattern::Path(PathTemplate::parse(text).unwrap());
        assert_eq!(prefix("/Books/{isbn}").shape(), prefix("/books/{id}").shape());
        assert_ne!(prefix("/books/{isbn}").shape(), path("/books/{isbn}").shape());
        assert_ne!(prefix("/books/{isbn}").shape(), prefix("/books/top5").shape());
        assert_eq!(path("/sagas/Users-{id}").shape(), path("/sagas/users-{key}").shape());
        assert_ne!(path("/sagas/users-{id}").shape(), path("/sagas/{id}").shape());
        assert_ne!(prefix("/books").shape(), prefix("/books/{isbn}").shape());
    }
}
