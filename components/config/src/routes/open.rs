//! Where nobody has to sign in, as nobody had to in the syllabus system.

use lyceum_kit::outside;
use lyceum_kit::prelude::*;

/// The configuration variable: `closed`, or `open` and the addresses at which it is.
const VARIABLE: &str = "config_open";

/// Whether the address that was asked for is one of those.
pub(crate) fn is_open(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(asked) = headers.get(outside::HEADER).and_then(|value| value.to_str().ok()).and_then(authority)
    else {
        return Ok(false);
    };
    Ok(config::get(VARIABLE)?.is_some_and(|open| is_among(&open, asked)))
}

/// Host and port of `https://lms.example.org:8443/base /path`.
fn authority(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    rest.split(['/', ' ']).next()
}

/// A host without a port is meant with any.
fn is_among(open: &str, asked: &str) -> bool {
    let host = asked.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let host = host.map_or(asked, |(host, _)| host);
    let mut words = open.split_ascii_whitespace();
    words.next() == Some("open")
        && words.any(|open| open.eq_ignore_ascii_case(asked) || open.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_open_if_it_is_named_with_its_port_or_without_one() {
        assert_eq!(authority("https://a.example:8443/base /x"), Some("a.example:8443"));
        assert_eq!(authority("http://a.example /x"), Some("a.example"));
        assert_eq!(authority("nothing"), None);
        for (open, asked, is) in [
            ("closed", "closed", false),
            ("", "a.example", false),
            ("open", "open", false),
            ("closed a.example", "a.example", false),
            ("open a.example", "A.example:8080", true),
            ("open b.example a.example:1", "a.example:1", true),
            ("open a.example:1", "a.example:2", false),
            ("open a.example:1", "a.example", false),
            ("open [::1]", "[::1]:80", true),
            ("open a.example", "b.a.example", false),
        ] {
            assert_eq!(is_among(open, asked), is, "{open} {asked}");
        }
    }
}
