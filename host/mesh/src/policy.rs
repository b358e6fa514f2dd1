//! Which destinations a component may call: Spin's `allowed_outbound_hosts`.
//!
//! An entry is `scheme://host[:port]`: the scheme `http`, `https` or `*`; the host a name or address,
//! `*.suffix` (any name below it, not the suffix itself) or `*`; the port a number, a range `8000..9000`
//! (without its end, as in Spin) or `*`, and without one the scheme's default. What no entry allows is
//! refused.

use std::ops::Range;

use crate::destination::{Destination, Scheme};

/// What a component may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbound {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    scheme: Option<Scheme>,
    host: Host,
    port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    Below(String),
    Exactly(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Any,
    Default,
    In(Range<u32>),
}

/// An entry that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("allowed_outbound_hosts: {entry:?}: {problem}")]
pub struct InvalidEntry {
    /// The entry as it stands in the manifest.
    pub entry: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Outbound {
    /// Reads all entries of one component; on mistakes, gives back every one of them.
    pub fn parse<E: AsRef<str>>(entries: &[E]) -> Result<Self, Vec<InvalidEntry>> {
        let mut parsed = Vec::new();
        let mut mistakes = Vec::new();
        for entry in entries.iter().map(AsRef::as_ref) {
            match Entry::parse(entry) {
                Ok(read) => parsed.push(read),
                Err(problem) => mistakes.push(InvalidEntry { entry: entry.to_owned(), problem }),
            }
        }
        if mistakes.is_empty() { Ok(Self { entries: parsed }) } else { Err(mistakes) }
    }

    /// Whether an entry allows this destination.
    pub fn allows(&self, destination: &Destination) -> bool {
        self.entries.iter().any(|entry| entry.matches(destination))
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").ok_or("must be scheme://host[:port]")?;
        let scheme = match scheme {
            "http" => Some(Scheme::Http),
            "https" => Some(Scheme::Https),
            "*" => None,
            _ => return Err("the scheme must be http, https or *"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err("only a host and a port may follow the scheme");
        }
        // The colons of an IPv6 address stand inside brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Ok(Self { scheme, host: Host::parse(host)?, port: Port::parse(port)? })
    }

    fn matches(&self, destination: &Destination) -> bool {
        let port = u32::from(destination.port());
        self.scheme.is_none_or(|scheme| scheme == destination.scheme())
            && match &self.host {
                Host::Any => true,
                Host::Exactly(host) => host == destination.host(),
                Host::Below(suffix) => {
                    destination.host().strip_suffix(suffix.as_str()).is_some_and(|below| !below.is_empty())
                }
            }
            && match &self.port {
                Port::Any => true,
                Port::Default => port == u32::from(destination.scheme().default_port()),
                Port::In(range) => range.contains(&port),
            }
    }
}

impl Host {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let host = text.to_ascii_lowercase();
        match host.strip_prefix('*') {
            Some("") => return Ok(Self::Any),
            Some(suffix) if suffix.starts_with('.') && is_name(suffix.trim_start_matches('.')) => {
                return Ok(Self::Below(suffix.to_owned()));
            }
            _ => {}
        }
        if host == "self" {
            return Err("name the component instead of self, as in http://users.spin.internal");
        }
        if host.contains('*') {
            return Err("a * may stand only for the whole host or before its first dot");
        }
        let is_ipv6 = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).is_some_and(|inner| {
            // Addresses are compared as text, so only the canonical text can ever match.
            inner.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_string() == inner)
        });
        if is_ipv6 || is_name(&host) {
            Ok(Self::Exactly(host))
        } else {
            Err("the host is not a name or an address")
        }
    }
}

impl Port {
    fn parse(text: Option<&str>) -> Result<Self, &'static str> {
        const PROBLEM: &str = "the port must be 1 to 65535, a range such as 8000..9000, or *";
        let number = |text: &str| match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(u32::from(port)),
            _ => Err(PROBLEM),
        };
        let Some(text) = text else { return Ok(Self::Default) };
        if text == "*" {
            return Ok(Self::Any);
        }
        match text.split_once("..") {
            None => number(text).map(|port| Self::In(port..port + 1)),
            Some((start, end)) => {
                let range = number(start)?..number(end)?;
                if range.is_empty() { Err(PROBLEM) } else { Ok(Self::In(range)) }
            }
        }
    }
}

/// A DNS name or an IPv4 address, in lower case.
fn is_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::Outbound;
    use crate::destination::Destination;

    fn allows(entry: &str, uri: &str) -> bool {
        Outbound::parse(&[entry]).unwrap().allows(&Destination::of(&uri.parse().unwrap()).unwrap())
    }

    #[test]
    fn an_entry_allows_exactly_what_it_says() {
        assert!(allows("http://users.spin.internal", "http://users.spin.internal/a"));
        assert!(allows("http://users.spin.internal/", "http://USERS.spin.internal:80"));
        assert!(!allows("http://users.spin.internal", "https://users.spin.internal"));
        assert!(!allows("http://users.spin.internal", "http://users.spin.internal:81"));
        assert!(!allows("http://users.spin.internal", "http://auth.spin.internal"));
        assert!(!allows("https://example.org", "https://example.org.evil.example"));
        assert!(!allows("https://example.org", "https://www.example.org"));
        assert!(allows("http://[::1]:8080", "http://[::1]:8080"));
    }

    #[test]
    fn wildcards() {
        assert!(allows("http://*.spin.internal", "http://books.spin.internal"));
        assert!(!allows("https://*.example.org", "https://example.org"));
        assert!(!allows("https://*.example.org", "https://evilexample.org"));
        assert!(allows("https://*.example.org", "https://a.b.example.org"));
        assert!(allows("*://example.org", "http://example.org"));
        assert!(allows("*://example.org", "https://example.org"));
        assert!(!allows("*://example.org", "https://example.org:80"));
        assert!(allows("https://*:*", "https://anything.example:1234"));
        assert!(allows("http://127.0.0.1:8000..9000", "http://127.0.0.1:8999"));
        assert!(!allows("http://127.0.0.1:8000..9000", "http://127.0.0.1:9000"));
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let uri = "http://users.spin.internal".parse().unwrap();
        assert!(!Outbound::default().allows(&Destination::of(&uri).unwrap()));
    }

    #[test]
    fn every_mistake_is_told() {
        let entries = [
            "users",
            "http://ok.example",
            "postgres://db",
            "http://a/b",
            "http://a:0",
            "http://a:9..8",
            "http://a*.b",
            "http://self",
            "http://",
            "http://-a",
            "http://u@h",
            "http://[::g]",
            "http://a:b",
        ];
        let mistakes = Outbound::parse(&entries).unwrap_err();
        assert_eq!(mistakes.len(), entries.len() - 1, "{mistakes:?}");
        assert_eq!(
            mistakes[0].to_string(),
            "allowed_outbound_hosts: \"users\": must be scheme://host[:port]"
        );
        assert!(mistakes.iter().all(|mistake| mistake.entry != "http://ok.example"));
    }
}
