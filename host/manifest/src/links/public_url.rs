//! The address at which clients find Lyceum.

use std::fmt;
use std::str::FromStr;

use crate::model::PathTemplate;

/// Such as `https://lms.example.org` or, behind a proxy that takes a path away, `https://example.org/lms`. It has no
/// slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or("must begin with `https://` or `http://`")?.trim_end_matches('/');
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // A host and a port. That they mean something shows nobody but whoever connects.
        if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:[]".contains(c)) {
            return Err("must name a host, and a port if it has another, and nobody's password");
        }
        if !path.is_empty() && !PathTemplate::parse(path)?.variables().is_empty() {
            return Err("may have no variables in its path");
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl PublicUrl {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_links_can_begin_with_is_taken() {
        for (right, read) in [
            ("https://lms.example.org", "https://lms.example.org"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://[::1]:8443/lms/", "https://[::1]:8443/lms"),
        ] {
            assert_eq!(right.parse::<PublicUrl>().unwrap().as_str(), read);
        }
        for wrong in [
            "",
            "lms.example.org",
            "ftp://h",
            "https://",
            "https://a@b",
            "https://h/a?b",
            "https://h/a b",
            "https://h//a",
            "https://h/{a}",
            "https://h h",
            "https://h/a/../b",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }
}
