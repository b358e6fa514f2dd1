//! `Content-Disposition` (RFC 6266) for any file name.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{prelude::*, text};

/// Everything but `attr-char` of RFC 8187, section 3.2.1.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// To be saved under this name, and never shown by a browser as a part of this site.
pub(super) fn attachment(name: &str) -> HeaderValue {
    // Files that are older than the rule for names may have a path for one.
    let name = text::last_part(name);
    // For who doesn't know `filename*`: nothing that would have to be quoted, or could be a path.
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " !#$&+-.^_`~()".contains(c) { c } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(name, ENCODED);
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_safe() {
        let text = |name: &str| attachment(name).to_str().unwrap().to_owned();
        assert_eq!(
            text("notes 1.pdf"),
            "attachment; filename=\"notes 1.pdf\"; filename*=UTF-8''notes%201.pdf"
        );
        assert_eq!(
            text("a\"; x=€.txt"),
            "attachment; filename=\"a__ x__.txt\"; filename*=UTF-8''a%22%3B%20x%3D%E2%82%AC.txt"
        );
        for path in ["../../notes.pdf", "C:\\dir\\notes.pdf"] {
            let plain = "attachment; filename=\"notes.pdf\"; filename*=UTF-8''notes.pdf";
            assert_eq!(text(path), plain, "{path}");
        }
        assert_eq!(
            text("a\r\nSet-Cookie: x"),
            "attachment; filename=\"a__Set-Cookie_ x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"
        );
    }
}
