//! Which clients of the older library an address is for: the library's own, or those of its successor.

use http::Uri;
use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::prelude::*;

/// The configuration variable: words with blanks between. `ADDRESS=PROFILE` is for an address, which is a host with its port
/// or without; a profile alone is for all others.
const VARIABLE: &str = "library";
/// The configuration variable that says whether the successor's clients are told that nothing works: `on` or `off`.
const KILL_SWITCH: &str = "library_kill_switch";

/// What the operator says of addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Profiles {
    others: LibraryProfile,
    addresses: Vec<(String, LibraryProfile)>,
}

/// Why that can't be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the variable {VARIABLE} says {0:?}, which is no profile: `reference`, `successor`, or `ADDRESS=` and one of them"
)]
struct NoProfile(String);

/// The profile of the address that was asked.
pub(crate) fn of(uri: &Uri) -> Result<LibraryProfile, Problem> {
    let Some(said) = config::get(VARIABLE)? else { return Ok(LibraryProfile::Reference) };
    let profiles = Profiles::parse(&said).map_err(|error| {
        log::error(error.to_string());
        Problem::internal()
    })?;
    Ok(profiles.of(uri))
}

/// Whether the successor's clients are told that nothing works.
pub(crate) fn is_killed() -> Result<bool, Problem> {
    Ok(config::get(KILL_SWITCH)?.as_deref() == Some("on"))
}

impl Profiles {
    fn parse(text: &str) -> Result<Self, NoProfile> {
        let mut profiles = Self::default();
        for word in text.split_whitespace() {
            let (address, name) = word.rsplit_once('=').unwrap_or(("", word));
            let profile = match name {
                "reference" => LibraryProfile::Reference,
                "successor" => LibraryProfile::Successor,
                _ => return Err(NoProfile(word.to_owned())),
            };
            if word == name {
                profiles.others = profile;
            } else if address.is_empty() {
                return Err(NoProfile(word.to_owned()));
            } else {
                profiles.addresses.push((address.to_owned(), profile));
            }
        }
        Ok(profiles)
    }

    /// An address with a port counts before one without.
    fn of(&self, uri: &Uri) -> LibraryProfile {
        let Some(authority) = uri.authority() else { return self.others };
        let said = |asked: &str| {
            let found = self.addresses.iter().find(|(address, _)| address.eq_ignore_ascii_case(asked));
            found.map(|(_, profile)| *profile)
        };
        said(authority.as_str()).or_else(|| said(authority.host())).unwrap_or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use LibraryProfile::{Reference, Successor};

    use super::*;

    fn of(said: &str, uri: &str) -> LibraryProfile {
        Profiles::parse(said).unwrap().of(&uri.parse().unwrap())
    }

    #[test]
    fn one_deployment_serves_both_by_the_address_that_is_asked() {
        let said = "next.example.org=successor 127.0.0.1:8087=successor [::1]:8087=successor";
        for (uri, expected) in [
            ("http://library.example.org/api/books", Reference),
            ("http://next.example.org/api/books", Successor),
            ("http://NEXT.example.org:8080/api/books", Successor),
            ("http://127.0.0.1:8087/api/books", Successor),
            ("http://127.0.0.1:8080/api/books", Reference),
            ("http://[::1]:8087/api/books", Successor),
            ("http://next.example.org.evil.example/api/books", Reference),
            ("/api/books", Reference),
        ] {
            assert_eq!(of(said, uri), expected, "{uri}");
        }
    }

    #[test]
    fn a_profile_alone_is_for_all_other_addresses_and_a_port_counts_before_its_host() {
        let said = "successor old.example.org=reference old.example.org:8087=successor";
        assert_eq!(of(said, "http://any.example.org/"), Successor);
        assert_eq!(of(said, "http://old.example.org/"), Reference);
        assert_eq!(of(said, "http://old.example.org:8087/"), Successor);
        assert_eq!(of("", "http://any.example.org/"), Reference);
    }

    #[test]
    fn what_is_no_profile_is_refused_with_the_word() {
        for wrong in ["latest", "next.example.org", "next.example.org=", "=successor"] {
            let error = Profiles::parse(&format!("reference {wrong}")).unwrap_err();
            assert_eq!(error, NoProfile(wrong.to_owned()));
        }
    }
}
