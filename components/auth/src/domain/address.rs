//! Electronic mail addresses, as people type them and as they are compared.

use std::str::FromStr;

use email_address::{EmailAddress, Options};
use lyceum_kit::text::domain;
use unicode_normalization::UnicodeNormalization;

/// The longest address that a mail server must take: RFC 5321, section 4.5.3.1.3, less the two
/// angle brackets.
const MAX_BYTES: usize = 254;

/// A valid address. Two addresses that differ only in letter case, or in how their domain is
/// spelled, are the same account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    written: String,
    folded: String,
    /// As accounts have it that are older than the one spelling of domains: as typed, then as
    /// people read it.
    earlier: [String; 2],
}

/// The text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Must be a mail address such as name@example.org.")]
pub(crate) struct InvalidAddress;

impl Address {
    /// The address as its owner wrote it, but without surrounding space, and with the domain in
    /// A-labels and lower case: RFC 5890 (the local part belongs to the receiving server: RFC 5321,
    /// section 2.4).
    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }

    /// The form that is unique and compared.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// Every form under which an account may be stored, the likeliest first: what was typed as it
    /// was compared before domains had one spelling, so that nobody reaches another account than
    /// they did then.
    pub(crate) fn stored_forms(&self) -> [&str; 3] {
        let [typed, readable] = &self.earlier;
        [typed, &self.folded, readable]
    }

    /// What stands before the `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.written.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text: String = text.trim().nfc().collect();
        let options = Options::default().without_display_text().without_domain_literal();
        let parsed = EmailAddress::parse_with_options(&text, options).map_err(|_| InvalidAddress)?;
        // Quoted local parts are legal, but nobody has one and many servers mistreat them.
        if text.contains(['"', '\\']) || text.chars().any(char::is_control) {
            return Err(InvalidAddress);
        }
        let (local, host) = (parsed.local_part(), domain::ascii(parsed.domain()).ok_or(InvalidAddress)?);
        let written = format!("{local}@{host}");
        if text.len() > MAX_BYTES || written.len() > MAX_BYTES {
            return Err(InvalidAddress);
        }
        let readable = format!("{local}@{}", domain::readable(&host));
        Ok(Self {
            folded: written.to_lowercase(),
            earlier: [text.to_lowercase(), readable.to_lowercase()],
            written,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_local_part_and_folds_for_comparison() {
        let address: Address = "  Ada.Lovelace@Example.ORG ".parse().unwrap();
        assert_eq!(address.as_str(), "Ada.Lovelace@example.org");
        assert_eq!(address.folded(), "ada.lovelace@example.org");
        assert_eq!(address.local_part(), "Ada.Lovelace");
    }

    #[test]
    fn differently_composed_letters_are_the_same_address() {
        let composed: Address = "zo\u{eb}@example.org".parse().unwrap();
        let decomposed: Address = "zoe\u{308}@example.org".parse().unwrap();
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn both_spellings_of_a_domain_are_the_same_address() {
        let [readable, ascii]: [Address; 2] =
            ["Ada@EX\u{c4}MPLE.org", "Ada@xn--exmple-cua.org"].map(|text| text.parse().unwrap());
        assert_eq!(readable.as_str(), "Ada@xn--exmple-cua.org");
        assert_eq!((readable.as_str(), readable.folded()), (ascii.as_str(), ascii.folded()));
        // An account that was made before is found by both, and first by the spelling it was made with.
        let (old, new) = ("ada@ex\u{e4}mple.org", "ada@xn--exmple-cua.org");
        assert_eq!(readable.stored_forms(), [old, new, old]);
        assert_eq!(ascii.stored_forms(), [new, new, old]);
    }

    #[test]
    fn refuses_what_no_mail_can_reach() {
        let long = format!("{}@example.org", "a".repeat(65));
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a da@example.org",
            "ada@exa mple.org",
            "ada@[127.0.0.1]",
            "Ada <ada@example.org>",
            "\"ada\"@example.org",
            "ada@example.org\r\nBcc: all@example.org",
            "ada\0@example.org",
            "ada@xn--a.org",
            "ada@a\u{202e}b.org",
            &long,
        ] {
            assert_eq!(text.parse::<Address>(), Err(InvalidAddress), "{text:?}");
        }
    }
}
