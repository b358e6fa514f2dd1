//! Where a call goes: to a component of this application or to the outside.

use std::fmt;

use http::Uri;
use http::uri::Authority;

/// What follows a component's id in the host of a call to it, as in Spin.
pub(crate) const COMPONENT_SUFFIX: &str = ".spin.internal";

/// The protocol of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The port when none is given.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A destination with its host in lower case and its port made explicit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    scheme: Scheme,
    host: String,
    port: u16,
    name: String,
    is_component: bool,
}

/// Why a call's destination can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDestination {
    /// Neither `http` nor `https`.
    #[error("only http and https can be called")]
    Scheme,
    /// Not a host with an optional port.
    #[error("{0:?} is not a host with an optional port")]
    Authority(String),
    /// What stands before `.spin.internal` is not a component id.
    #[error("{0:?} is not a component id: lower-case letters, digits and single hyphens")]
    Component(String),
}

impl Destination {
    /// A component by its id, which a call names as `http://<id>.spin.internal`.
    pub fn component(id: &str) -> Result<Self, InvalidDestination> {
        Self::new(Scheme::Http, &format!("{id}{COMPONENT_SUFFIX}"), Scheme::Http.default_port())
    }

    /// The destination of a request with an absolute URI.
    pub fn of(uri: &Uri) -> Result<Self, InvalidDestination> {
        let authority = uri.authority().map_or("", Authority::as_str);
        Self::parse(uri.scheme_str().unwrap_or(""), authority)
    }

    /// A destination from the two parts that `wasi:http` gives: the scheme, and the host with an optional
    /// port.
    pub fn parse(scheme: &str, authority: &str) -> Result<Self, InvalidDestination> {
        let scheme = match scheme {
            _ if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
            _ if scheme.eq_ignore_ascii_case("https") => Scheme::Https,
            _ => return Err(InvalidDestination::Scheme),
        };
        let invalid = || InvalidDestination::Authority(authority.to_owned());
        // A user name before the host has misled many readers of addresses; nothing here needs one.
        if authority.contains('@') {
            return Err(invalid());
        }
        let parsed: Authority = authority.parse().map_err(|_| invalid())?;
        let host = parsed.host();
        let port = match authority.get(host.len()..).unwrap_or("") {
            "" => scheme.default_port(),
            rest => rest.strip_prefix(':').and_then(|port| port.parse().ok()).ok_or_else(invalid)?,
        };
        Self::new(scheme, host, port)
    }

    fn new(scheme: Scheme, host: &str, port: u16) -> Result<Self, InvalidDestination> {
        // `example.org.` and `example.org` are one host and must not be two to the policy.
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        if host.is_empty() {
            return Err(InvalidDestination::Authority(host));
        }
        let (name, is_component) = match host.strip_suffix(COMPONENT_SUFFIX) {
            Some(id) if is_component_id(id) => (id.to_owned(), true),
            Some(id) => return Err(InvalidDestination::Component(id.to_owned())),
            None => (format!("{}://{host}:{port}", scheme.as_str()), false),
        };
        Ok(Self { scheme, host, port, name, is_component })
    }

    /// The component's id, or scheme, host and port of an outside destination.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The component's id; `None` for an outside destination.
    pub fn component_id(&self) -> Option<&str> {
        self.is_component.then_some(self.name.as_str())
    }

    /// The protocol.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case; an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the scheme's default.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// Kebab-case, as Spin requires of component ids.
fn is_component_id(id: &str) -> bool {
    id.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::{Destination, InvalidDestination, Scheme};

    #[test]
    fn a_component_is_known_by_its_host() {
        let books = Destination::parse("http", "books.spin.internal").unwrap();
        assert_eq!(books.component_id(), Some("books"));
        assert_eq!((books.scheme(), books.port()), (Scheme::Http, 80));
        assert_eq!(Destination::parse("HTTP", "Books.Spin.Internal.:80"), Ok(books.clone()));
        assert_eq!(Destination::component("books"), Ok(books));
    }

    #[test]
    fn the_outside_is_known_by_scheme_host_and_port() {
        let outside = Destination::of(&"https://example.org/a?b".parse().unwrap()).unwrap();
        assert_eq!(outside.component_id(), None);
        assert_eq!(outside.name(), "https://example.org:443");
        assert_eq!(Destination::parse("http", "[::1]:8080").unwrap().name(), "http://[::1]:8080");
    }

    #[test]
    fn an_ambiguous_authority_is_refused() {
        for authority in
            ["", ".", "books.spin.internal@evil.example", "a:b", "host:99999", "host:", "a b", "a/b"]
        {
            let refused = Destination::parse("http", authority);
            assert!(matches!(refused, Err(InvalidDestination::Authority(_))), "{authority:?}: {refused:?}");
        }
        for host in [".spin.internal", "a.b.spin.internal", "a_b.spin.internal", "-a.spin.internal"] {
            let refused = Destination::parse("http", host);
            assert!(matches!(refused, Err(InvalidDestination::Component(_))), "{host:?}: {refused:?}");
        }
        assert_eq!(Destination::parse("ftp", "example.org"), Err(InvalidDestination::Scheme));
        assert_eq!(Destination::of(&"/path".parse().unwrap()), Err(InvalidDestination::Scheme));
    }
}
