//! The address of a server, which may hold a password.

use std::fmt;

/// A URL that shows itself without the user and the password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    pub(crate) fn new(url: String) -> Self {
        Self(url)
    }

    /// The whole URL, for connecting.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str("(a server)") };
        // From the last `@` on: a password may hold `@`, `/` and `?` that nobody encoded.
        let rest = rest.rsplit_once('@').map_or(rest, |(_, after)| after);
        // A query may hold a password too, and nothing in it helps to recognise the server.
        let rest = rest.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{rest}")
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_never_shows() {
        for url in [
            "postgres://me:hunter2@db:5432/lyceum",
            "postgres://me:p@hunter2@db/lyceum?password=hunter2",
            "postgres://me:a/hunter2?x@db/lyceum",
            "postgres://db/lyceum?user=me&password=hunter2",
        ] {
            let shown = format!("{0} {0:?}", ServerUrl::new(url.to_owned()));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(
            ServerUrl::new("postgres://me:x@db:5432/lyceum".into()).to_string(),
            "postgres://db:5432/lyceum"
        );
    }
}
