//! Lines of text, as they stand on books.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use unicode_normalization::UnicodeNormalization as _;

/// One line of 1 to `limit` characters in the form in which it is kept: composed (NFC), with single spaces. Unlike a
/// name it keeps signs that have a plainer form, since a title says `H₂O` or `mc²`.
pub(super) fn line(given: &str, limit: usize) -> Result<String, Violation> {
    let composed: String = given.nfc().collect();
    let kept = composed.trim().split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    text::required_line(&kept, limit).map(|()| kept)
}

/// The same of what may be absent; blank is nothing.
pub(super) fn optional_line(given: Option<&String>, limit: usize) -> Result<Option<String>, Violation> {
    given.filter(|text| !text.trim().is_empty()).map(|text| line(text, limit)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_composed_and_has_single_spaces() {
        assert_eq!(line("  Os  Maias:  epi\u{301}sodios ", 50).as_deref(), Ok("Os Maias: epísodios"));
        assert_eq!(line("Why H₂O isn't mc²", 50).as_deref(), Ok("Why H₂O isn't mc²"));
        for (bad, code) in [
            ("", "REQUIRED"),
            (" ", "REQUIRED"),
            ("a\nb", "CONTROL_CHARACTER"),
            ("a\tb", "CONTROL_CHARACTER"),
        ] {
            assert_eq!(line(bad, 50).map_err(|wrong| wrong.code), Err(code), "{bad:?}");
        }
        assert_eq!(line("abc", 2).map_err(|wrong| wrong.code), Err("TOO_LONG"));
    }
}
