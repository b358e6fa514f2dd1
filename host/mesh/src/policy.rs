//! Which destinations a component may call: Spin's `allowed_outbound_hosts`.
//!
//! An entry is `scheme://host[:port]`: the scheme `http`, `https` or `*`; the host a name or address,
//! `*.suffix` (any name below it, not the suffix itself) or `*`; the port a number, a range `8000..9000`
//! (without its end, as in Spin) or `*`, and without one the scheme's default. Another component is named as
//! `http://<id>.spin.internal`, each by itself: no wildcard reaches it. What no entry allows is refused.

use std::fmt;
use std::net::IpAddr;
use std::ops::Range;
use std::str::FromStr;

use crate::destination::{COMPONENT_SUFFIX, Destination, Scheme};

/// What a component may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbound {
    entries: Vec<Entry>,
}

/// One entry of a component's `allowed_outbound_hosts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
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

impl Outbound {
    /// Reads all entries of one component.
    pub fn parse(entries: &[&str]) -> Result<Self, InvalidEntry> {
        entries.iter().map(|entry| entry.parse()).collect()
    }

    /// Whether an entry allows this destination.
    pub fn allows(&self, destination: &Destination) -> bool {
        self.entries.iter().any(|entry| entry.matches(destination))
    }

    /// The entries that lead out of the application.
    pub fn outside(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.component_id().is_none())
    }

    /// Whether this component may be called.
    pub fn allows_component(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.component_id() == Some(id))
    }
}

impl FromIterator<Entry> for Outbound {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl Extend<Entry> for Outbound {
    fn extend<I: IntoIterator<Item = Entry>>(&mut self, entries: I) {
        self.entries.extend(entries);
    }
}

/// What is wrong with an entry, as the end of a sentence that begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEntry(&'static str);

impl FromStr for Entry {
    type Err = InvalidEntry;

    fn from_str(text: &str) -> Result<Self, InvalidEntry> {
        Self::parse(text).map_err(InvalidEntry)
    }
}

impl Entry {
    /// The component that it names, if it names one.
    pub fn component_id(&self) -> Option<&str> {
        match &self.host {
            Host::Exactly(host) => host.strip_suffix(COMPONENT_SUFFIX),
            Host::Any | Host::Below(_) => None,
        }
    }

    /// The address that it names, if it names one instead of a name.
    pub fn address(&self) -> Option<IpAddr> {
        let Host::Exactly(host) = &self.host else { return None };
        host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// The host that it names, if it names one.
    pub fn host(&self) -> Option<&str> {
        match &self.host {
            Host::Exactly(host) => Some(host),
            Host::Any | Host::Below(_) => None,
        }
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains("{{") {
            return Err("is a template; the hosts must be spelt out");
        }
        let (scheme, rest) = text.split_once("://").ok_or("must be like `https://example.com`")?;
        let scheme = match scheme {
            "http" => Some(Scheme::Http),
            "https" => Some(Scheme::Https),
            "*" => None,
            _ => return Err("has a scheme other than `http`, `https` or `*`"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err("has more than a host and a port behind its scheme");
        }
        // The colons of an IPv6 address stand inside brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let entry = Self { scheme, host: Host::parse(host)?, port: Port::parse(port)? };
        let internal = matches!(&entry.host, Host::Exactly(host) | Host::Below(host) if host.ends_with(COMPONENT_SUFFIX));
        let names_one = entry.component_id().is_some_and(|id| Destination::component(id).is_ok());
        if internal && !(names_one && entry.scheme == Some(Scheme::Http) && entry.port == Port::Default) {
            return Err("must name one component as `http://<id>.spin.internal`");
        }
        Ok(entry)
    }

    fn matches(&self, destination: &Destination) -> bool {
        let port = u32::from(destination.port());
        self.scheme.is_none_or(|scheme| scheme == destination.scheme())
            && match &self.host {
                Host::Any | Host::Below(_) if destination.component_id().is_some() => false,
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

/// As it is written in a manifest.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scheme {
            Some(Scheme::Http) => "http://",
            Some(Scheme::Https) => "https://",
            None => "*://",
        })?;
        match &self.host {
            Host::Any => f.write_str("*")?,
            Host::Below(suffix) => write!(f, "*{suffix}")?,
            Host::Exactly(host) => f.write_str(host)?,
        }
        match &self.port {
            Port::Default => Ok(()),
            Port::Any => f.write_str(":*"),
            Port::In(range) if range.len() == 1 => write!(f, ":{}", range.start),
            Port::In(range) => write!(f, ":{}..{}", range.start, range.end),
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
            return Err("must name the component instead of `self`, as `http://<id>.spin.internal`");
        }
        if host.contains('*') {
            return Err("has a `*` elsewhere than for the whole host or before its first dot");
        }
        let is_ipv6 = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).is_some_and(|inner| {
            // Addresses are compared as text, so only the canonical text can ever match.
            inner.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_string() == inner)
        });
        if is_ipv6 || is_name(&host) {
            Ok(Self::Exactly(host))
        } else {
            Err("has no sound host name or address")
        }
    }
}

impl Port {
    fn parse(text: Option<&str>) -> Result<Self, &'static str> {
        const PROBLEM: &str =
            "has a port that is neither 1 to 65535, nor a range such as 8000..9000, nor `*`";
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
pub(crate) fn is_name(host: &str) -> bool {
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
    use super::{Entry, Outbound};
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
    fn no_wildcard_reaches_a_component() {
        for wildcard in ["*://*:*", "http://*", "http://*.internal"] {
            assert!(!allows(wildcard, "http://passwords.spin.internal"), "{wildcard}");
            assert!(!allows(wildcard, "http://PASSWORDS.spin.internal.:80"), "{wildcard}");
        }
    }

    #[test]
    fn an_entry_says_which_component_it_names() {
        let component = |entry: &str| entry.parse::<Entry>().unwrap().component_id().map(str::to_owned);
        assert_eq!(component("http://users.spin.internal"), Some("users".into()));
        assert_eq!(component("http://users.example"), None);
        assert_eq!(component("http://*"), None);
    }

    #[test]
    fn an_entry_is_written_as_it_is_read() {
        for text in [
            "http://users.spin.internal",
            "https://*.example.org",
            "*://*:*",
            "https://[2001:db8::1]:8443",
            "http://10.0.0.1:8000..9000",
        ] {
            assert_eq!(text.parse::<Entry>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_leads_outside_is_told_from_components() {
        let all = Outbound::parse(&["http://users.spin.internal", "https://*.example.org", "http://[::1]"]);
        let all = all.unwrap();
        let outside: Vec<_> = all.outside().map(ToString::to_string).collect();
        assert_eq!(outside, ["https://*.example.org", "http://[::1]"]);
        let addresses: Vec<_> = all.outside().filter_map(Entry::address).collect();
        assert_eq!(addresses, ["::1".parse::<std::net::IpAddr>().unwrap()]);
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let uri = "http://users.spin.internal".parse().unwrap();
        assert!(!Outbound::default().allows(&Destination::of(&uri).unwrap()));
    }

    #[test]
    fn unsound_entries_are_refused() {
        for wrong in [
            "users",
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
            "http://a..b",
            "http://a:70000",
            "https://{{ host }}",
            "http://*.spin.internal",
            "https://users.spin.internal",
            "*://users.spin.internal",
            "http://users.spin.internal:81",
            "http://Users_1.spin.internal",
        ] {
            assert!(wrong.parse::<Entry>().is_err(), "{wrong}");
        }
    }
}
