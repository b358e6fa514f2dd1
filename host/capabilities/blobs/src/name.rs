//! Names of objects, and where those are in the store.

use object_store::path::Path;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::Error;

/// Everything else is written as `%` and two digits, so that a name is one segment of a path, whatever is in it. Dots
/// are too: `.` and `..` are no names of files.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Longest encoded name, in bytes: a folder's files have up to 255, some of them for what marks an unfinished one.
const MAX_BYTES: usize = 224;

/// Where the object is.
pub(crate) fn place(container: &Path, name: &str) -> Result<Path, Error> {
    let encoded = utf8_percent_encode(name, KEPT).to_string();
    if encoded.is_empty() {
        return Err(Error::Name("it is empty".to_owned()));
    }
    if encoded.len() > MAX_BYTES {
        return Err(Error::Name(format!(
            "it may have {MAX_BYTES} bytes, where all but ASCII letters, digits, - and _ count three times"
        )));
    }
    let place = format!("{container}/{encoded}");
    Path::parse(&place).map_err(|error| Error::Name(error.to_string()))
}

/// The name of the object that is there, if Lyceum wrote it.
pub(crate) fn of(place: &Path) -> Option<String> {
    percent_decode_str(place.filename()?).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_one_segment() {
        let container = Path::parse("c/b").unwrap();
        for name in ["a", "a/../b", ".", "..", "#1", "a b", "ключ", "%41", "\u{0}", "a\\b"] {
            let place = place(&container, name).unwrap();
            assert_eq!(place.parts().count(), 3, "{place}");
            assert_eq!(of(&place).as_deref(), Some(name));
        }
    }

    #[test]
    fn names_have_an_end_and_a_beginning() {
        let container = Path::parse("c/b").unwrap();
        assert!(place(&container, &"n".repeat(MAX_BYTES)).is_ok());
        for name in [String::new(), "n".repeat(MAX_BYTES + 1), "/".repeat(MAX_BYTES / 3 + 1)] {
            assert!(matches!(place(&container, &name), Err(Error::Name(_))));
        }
    }
}
