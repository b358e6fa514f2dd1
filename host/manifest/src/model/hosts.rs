//! Whom a component may call over HTTP: `allowed_outbound_hosts`.
//!
//! The patterns are Spin's: `scheme://host[:port]`, where the host may be `*` or `*.example.com` and
//! the port a number, `*` or a range `8000..8100` (its end not included). Calls to other components
//! name each of them as `http://<id>.spin.internal`.

use std::collections::BTreeSet;
use std::ops::Range;

/// The suffix of the host names of components, as Spin has it.
const INTERNAL_SUFFIX: &str = ".spin.internal";

/// All that a component may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostRules {
    /// The ids of the components that it may call.
    pub components: BTreeSet<String>,
    /// The servers outside of Lyceum that it may call.
    pub outside: Vec<HostRule>,
}

impl HostRules {
    /// Whether a request to a server outside of Lyceum is allowed. `port` is the URL's port, or the
    /// scheme's own if it has none. Never true for a component's internal name.
    pub fn allows(&self, scheme: &str, host: &str, port: u16) -> bool {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let internal = host.ends_with(INTERNAL_SUFFIX) || host == INTERNAL_SUFFIX.trim_start_matches('.');
        !internal && self.outside.iter().any(|rule| rule.allows(scheme, host, port))
    }
}

/// One pattern for servers outside of Lyceum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    /// `http`, `https`, or `None` for both.
    pub scheme: Option<String>,
    /// In lower case; `None` for every host. One that begins with `*.` stands for all below it.
    pub host: Option<String>,
    /// The ports.
    pub port: Port,
}

/// The ports of a [`HostRule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// The one that belongs to the scheme: 80 or 443.
    Usual,
    /// All.
    Any,
    /// The end is not included.
    Range(Range<u32>),
}

/// A pattern, read.
pub(crate) enum Pattern {
    Component(String),
    Outside(HostRule),
}

impl HostRule {
    fn allows(&self, scheme: &str, host: &str, port: u16) -> bool {
        let scheme_fits = self.scheme.as_deref().is_none_or(|own| own == scheme);
        let host_fits = match self.host.as_deref() {
            None => true,
            Some(own) => match own.strip_prefix('*') {
                Some(suffix) => host.strip_suffix(suffix).is_some_and(|below| !below.is_empty()),
                None => own == host,
            },
        };
        let port_fits = match &self.port {
            Port::Any => true,
            Port::Usual => port == if scheme == "https" { 443 } else { 80 },
            Port::Range(range) => range.contains(&u32::from(port)),
        };
        scheme_fits && host_fits && port_fits
    }
}

impl Pattern {
    /// The error says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains("{{") {
            return Err("is a template; Lyceum wants the hosts spelt out");
        }
        let (scheme, authority) = text.split_once("://").ok_or("must be like `https://example.com`")?;
        if !["http", "https", "*"].contains(&scheme) {
            return Err("has a scheme other than `http`, `https` or `*`; components have HTTP only");
        }
        let authority = authority.strip_suffix('/').unwrap_or(authority).to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, parse_port(port)?),
            None => (authority.as_str(), Port::Usual),
        };
        if let Some(id) = host.strip_suffix(INTERNAL_SUFFIX) {
            return match (scheme, id, port) {
                ("http", id, Port::Usual) if !id.contains('*') => Ok(Self::Component(id.to_owned())),
                _ => Err("must name one component as `http://<id>.spin.internal`"),
            };
        }
        let name = host.strip_prefix("*.").unwrap_or(host);
        let labels_are_sound = name.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        });
        if host != "*" && !labels_are_sound {
            return Err("has no sound host name");
        }
        Ok(Self::Outside(HostRule {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host: (host != "*").then(|| host.to_owned()),
            port,
        }))
    }
}

fn parse_port(text: &str) -> Result<Port, &'static str> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| "has a port that is no number up to 65535");
    match text.split_once("..") {
        _ if text == "*" => Ok(Port::Any),
        Some((from, to)) => Ok(Port::Range(u32::from(number(from)?)..u32::from(number(to)?))),
        None => {
            let port = u32::from(number(text)?);
            Ok(Port::Range(port..port + 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(patterns: &[&str]) -> HostRules {
        let mut rules = HostRules::default();
        for pattern in patterns {
            match Pattern::parse(pattern).unwrap() {
                Pattern::Component(id) => drop(rules.components.insert(id)),
                Pattern::Outside(rule) => rules.outside.push(rule),
            }
        }
        rules
    }

    #[test]
    fn nothing_is_allowed_that_is_not_named() {
        let rules =
            rules(&["https://example.com", "http://*.example.org:8000..8010", "http://users.spin.internal"]);
        assert!(rules.allows("https", "Example.com", 443));
        assert!(!rules.allows("http", "example.com", 80));
        assert!(!rules.allows("https", "example.com", 8443));
        assert!(!rules.allows("https", "evil-example.com", 443));
        assert!(rules.allows("http", "a.example.org", 8009));
        assert!(!rules.allows("http", "a.example.org", 8010));
        assert!(!rules.allows("http", "example.org", 8000));
        assert!(rules.components.contains("users"));
    }

    #[test]
    fn a_wildcard_does_not_reach_components() {
        let rules = rules(&["*://*:*"]);
        assert!(rules.allows("https", "example.com", 1));
        assert!(!rules.allows("http", "passwords.spin.internal", 80));
        assert!(!rules.allows("http", "PASSWORDS.spin.internal.", 80));
    }

    #[test]
    fn unsound_patterns_are_refused() {
        for wrong in [
            "example.com",
            "redis://example.com",
            "https://",
            "https://a..b",
            "https://a:b",
            "https://a:70000",
            "http://*.spin.internal",
            "https://users.spin.internal",
            "http://users.spin.internal:81",
            "https://{{ host }}",
            "https://user@example.com",
            "https://example.com/path",
        ] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
