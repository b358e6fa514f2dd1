//! Rules for texts that people give: [`Name`] is the only way to make a name, [`file_name`] the only one to name a
//! file. The others are a `Result` for [`Validation::take`](crate::violation::Validation::take).

pub mod domain;
mod file_name;
mod name;

use http::Uri;
use unicode_normalization::UnicodeNormalization;

pub use self::file_name::{file_name, last_part};
pub use self::name::Name;
use crate::violation::Violation;

/// The longest web address, in bytes.
const URL_LIMIT: usize = 2_048;

/// One line of text in which something can be seen, of at most `limit` characters: `REQUIRED`, or as [`line`].
pub fn required_line(text: &str, limit: usize) -> Result<(), Violation> {
    line(text, limit)?;
    if name::is_visible(text) { Ok(()) } else { Err(Violation::new("REQUIRED", "Must not be empty.")) }
}

/// One line of text, as it can stand in a list or a mail's greeting: `CONTROL_CHARACTER`, `INVISIBLE_CHARACTER` for
/// what turns the text around, or as [`paragraphs`].
pub fn line(text: &str, limit: usize) -> Result<(), Violation> {
    if text.chars().any(|sign| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}')) {
        return Err(control_character());
    }
    if text.chars().any(|sign| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err(name::invisible_character());
    }
    paragraphs(text, limit)
}

/// Text of any lines, of at most `limit` characters (code points): `TOO_LONG`.
pub fn paragraphs(text: &str, limit: usize) -> Result<(), Violation> {
    if text.contains('\0') {
        return Err(Violation::new("CONTROL_CHARACTER", "Must not contain the character NUL."));
    }
    if text.chars().count() > limit {
        return Err(too_long(limit));
    }
    Ok(())
}

fn control_character() -> Violation {
    Violation::new("CONTROL_CHARACTER", "Must be one line without control characters.")
}

fn too_long(limit: usize) -> Violation {
    Violation::new("TOO_LONG", format!("At most {limit} characters."))
}

/// An address that others will open: nothing but the web, and no password in it. `NOT_A_WEB_ADDRESS`.
pub fn web_address(text: &str) -> Result<(), Violation> {
    let uri = text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    let host = uri.as_ref().and_then(Uri::authority).filter(|authority| !authority.as_str().contains('@'));
    if text.len() > URL_LIMIT || host.is_none_or(|authority| authority.host().is_empty()) {
        let message = format!("Must be an http or https address of at most {URL_LIMIT} characters.");
        return Err(Violation::new("NOT_A_WEB_ADDRESS", message));
    }
    Ok(())
}

/// Nothing, or what the rule takes.
pub fn optional(
    value: Option<&String>,
    rule: impl FnOnce(&str) -> Result<(), Violation>,
) -> Result<(), Violation> {
    value.map_or(Ok(()), |value| rule(value))
}

/// Folds a text for finding and sorting it: compatible forms (NFKC) and upper and lower case become one, accents
/// go, and so does white space at its ends; within it, each run is one space.
///
/// What was folded by one release is compared with what another one folds, so the rule never changes.
pub fn fold(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    let plain: String = caseless::default_case_fold_str(&composed)
        .nfkd()
        .filter(|character| !is_accent(*character))
        .nfkc()
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The blocks of combining diacritical marks; marks of other blocks are letters to those who write them.
fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_what_people_take_for_the_same() {
        for (one, other) in [
            ("Émile  Zola ", "emile zola"),
            ("STRASSE", "straße"),
            ("\u{FB01}n", "FIN"),
            ("e\u{301}", "\u{E9}"),
            ("ΟΔΟΣ", "οδός"),
            ("Й", "и"),
            ("\u{130}", "i"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("ば"), fold("は"));
        assert_eq!(fold(&fold("Ǆ\u{345} ẞ")), fold("Ǆ\u{345} ẞ"));
    }

    fn code(result: Result<(), Violation>) -> Option<&'static str> {
        result.err().map(|violation| violation.code)
    }

    #[test]
    fn lines_have_no_line_breaks_and_an_end() {
        assert_eq!(code(required_line("Ada 🦉", 5)), None);
        assert_eq!(code(required_line(" ", 5)), Some("REQUIRED"));
        assert_eq!(code(required_line("\u{200b}", 5)), Some("REQUIRED"));
        assert_eq!(code(line("", 5)), None);
        assert_eq!(code(line("a\u{2028}b", 5)), Some("CONTROL_CHARACTER"));
        assert_eq!(code(line("a\u{202e}b", 5)), Some("INVISIBLE_CHARACTER"));
        assert_eq!(code(line("a\nb", 5)), Some("CONTROL_CHARACTER"));
        assert_eq!(code(line("äöüäöü", 5)), Some("TOO_LONG"));
        assert_eq!(code(paragraphs("a\nb", 5)), None);
        assert_eq!(code(paragraphs("a\0b", 5)), Some("CONTROL_CHARACTER"));
        assert_eq!(code(optional(None, |text| line(text, 0))), None);
        assert_eq!(code(optional(Some(&"a".to_owned()), |text| line(text, 0))), Some("TOO_LONG"));
    }

    #[test]
    fn only_web_addresses_can_be_opened() {
        for good in ["https://example.org", "http://example.org:8080/a?b=c"] {
            assert_eq!(code(web_address(good)), None, "{good}");
        }
        for bad in [
            "",
            "/a",
            "example.org",
            "ftp://example.org",
            "https://",
            "https://a b",
            "data:text/html,x",
            "javascript:alert(1)",
            "https://user:secret@example.org",
        ] {
            assert_eq!(code(web_address(bad)), Some("NOT_A_WEB_ADDRESS"), "{bad}");
        }
    }
}
