//! Paths that two readers could understand differently are refused, so that the
//! route that is found here is the one that the service sees.

use http::Uri;
use lyceum_kit::prelude::*;
use percent_encoding::percent_decode_str;

/// The longest path with its query, in bytes.
const LIMIT: usize = 8 * 1024;

/// 400 for a path that isn't plain, 414 for one that is too long.
pub(crate) fn check(uri: &Uri) -> Result<(), Problem> {
    let length = uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > LIMIT {
        let detail = format!("The path and query have {length} bytes; at most {LIMIT} are taken.");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "PATH_TOO_LONG", detail));
    }
    match trick(uri.path()) {
        None => Ok(()),
        Some(why) => Err(Problem::bad_request("MALFORMED_PATH", format!("The path {why}."))),
    }
}

/// What is wrong with the path.
fn trick(path: &str) -> Option<&'static str> {
    let Some(segments) = path.strip_prefix('/') else { return Some("does not begin with a slash") };
    if path.contains('\\') {
        return Some("holds a backslash");
    }
    let mut segments = segments.split('/').peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() && segments.peek().is_some() {
            return Some("has an empty segment");
        }
        if matches!(segment, "." | "..") {
            return Some("has a dot segment");
        }
        if segment.contains('%')
            && let Some(why) = encoded_trick(segment)
        {
            return Some(why);
        }
    }
    None
}

fn encoded_trick(segment: &str) -> Option<&'static str> {
    let mut rest = segment;
    while let Some((_, encoded)) = rest.split_once('%') {
        let digits = encoded.as_bytes().first_chunk::<2>();
        if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return Some("has a % without two hexadecimal digits");
        }
        rest = encoded;
    }
    let Ok(decoded) = percent_decode_str(segment).decode_utf8() else {
        return Some("is not UTF-8 when it is decoded");
    };
    if matches!(&*decoded, "." | "..") {
        return Some("has an encoded dot segment");
    }
    if decoded.contains(['/', '\\']) {
        return Some("has an encoded slash");
    }
    decoded.contains(|c: char| c.is_ascii_control()).then_some("has an encoded control character")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_pass() {
        for path in [
            "/",
            "/api/v1/users/me",
            "/api/v1/users/",
            "/.well-known/jwks.json",
            "/a/...",
            "/a/.b/c..",
            "/a/%C3%A9%20b",
            "/a/%252e%252e",
            "/a/b;c=d,e@f:g",
            "/a?x=%zz&y=../..//",
        ] {
            let uri: Uri = path.parse().unwrap();
            assert!(check(&uri).is_ok(), "{path}");
        }
    }

    #[test]
    fn every_known_trick_is_refused() {
        for path in [
            "*",
            "//",
            "//a",
            "/a//b",
            "/a//",
            "/.",
            "/..",
            "/a/./b",
            "/a/../b",
            "/a/..",
            "/a/%2e",
            "/a/%2E%2e/b",
            "/a/.%2e",
            "/a/%2e./b",
            "/a%2fb",
            "/a%2Fb",
            "/a/..%2fb",
            "/a%5cb",
            "/a\\b",
            "/a/..\\b",
            "/a%00",
            "/a%0d%0ab",
            "/a%7f",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%2g/b",
            "/a%%41",
            "/%ff",
            "/a/%c0%ae%c0%ae/b",
        ] {
            assert!(trick(path).is_some(), "{path}");
        }
    }

    #[test]
    fn a_long_target_is_refused_wherever_it_is_long() {
        let long = "x".repeat(LIMIT);
        for target in [format!("/{long}"), format!("/a?{long}")] {
            assert_eq!(check(&target.parse().unwrap()).unwrap_err().status(), 414);
        }
        let longest = format!("/{}", "x".repeat(LIMIT - 1));
        assert!(check(&longest.parse().unwrap()).is_ok());
    }
}
