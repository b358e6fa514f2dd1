//! Domains, of which each has two spellings.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// A domain as it is stored and compared: labels of ASCII (RFC 5890, A-labels) in lower case, by UTS 46. Nothing when
/// it can be no domain.
pub fn ascii(domain: &str) -> Option<String> {
    let labels =
        Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::Verify);
    labels.ok().map(std::borrow::Cow::into_owned)
}

/// The same domain as people read it: `xn--exmple-cua.org` is `exämple.org`. What is no domain stays as it is, but in
/// lower case.
pub fn readable(domain: &str) -> String {
    let (labels, valid) = Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    if valid.is_ok() { labels.into_owned() } else { domain.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_stored_form() {
        for typed in ["exämple.org", "EXÄMPLE.org", "exa\u{308}mple.org", "XN--Exmple-CUA.org"] {
            assert_eq!(ascii(typed).as_deref(), Some("xn--exmple-cua.org"), "{typed}");
            assert_eq!(readable(typed), "exämple.org", "{typed}");
        }
        assert_eq!(ascii("ｅxample。org").as_deref(), Some("example.org"));
        assert_eq!(ascii("straße.de").as_deref(), Some("xn--strae-oqa.de"));
        assert_eq!(ascii("my_host.Example").as_deref(), Some("my_host.example"));
    }

    #[test]
    fn a_malformed_domain_is_none() {
        let long = format!("{}.org", "x".repeat(64));
        for text in ["", ".", "a..b", "xn--a.org", "a b.org", "a\u{202e}b.org", "exa@mple.org", &long] {
            assert_eq!(ascii(text), None, "{text:?}");
        }
        assert_eq!(readable("xn--A.org"), "xn--a.org");
    }
}
