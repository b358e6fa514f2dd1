//! Names of files that come from outside.

use unicode_normalization::UnicodeNormalization;

use super::required_line;
use crate::violation::Violation;

/// The most characters (code points) of a file's name.
const LIMIT: usize = 255;

/// The name under which a file is kept: of a path only the last part (RFC 7578, section 4.2; RFC 6266, section 4.3), in
/// normalisation form C. `REQUIRED` when nothing is left of it that names a file, or as [`required_line`].
pub fn file_name(given: &str) -> Result<String, Violation> {
    let name: String = last_part(given).trim().nfc().collect();
    if name.chars().all(|sign| sign == '.') {
        return Err(Violation::new("REQUIRED", "Must be the name of a file."));
    }
    required_line(&name, LIMIT)?;
    Ok(name)
}

/// What stands behind the last separator, be it of Unix or of Windows.
pub fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_only_the_last_part_is_kept() {
        for (given, kept) in [
            ("notes.txt", "notes.txt"),
            ("../../p.txt", "p.txt"),
            ("/etc/passwd", "passwd"),
            ("C:\\dir\\w.txt", "w.txt"),
            ("a/b\\c.txt", "c.txt"),
            ("a\\b/c.txt", "c.txt"),
            ("dir/ e\u{301}.txt ", "\u{e9}.txt"),
            (".profile", ".profile"),
        ] {
            assert_eq!(file_name(given).as_deref(), Ok(kept), "{given}");
        }
    }

    #[test]
    fn a_name_that_names_no_file_is_refused() {
        let long = "x".repeat(256);
        for (given, code) in [
            ("", "REQUIRED"),
            (" ", "REQUIRED"),
            (".", "REQUIRED"),
            ("..", "REQUIRED"),
            ("dir/", "REQUIRED"),
            ("dir\\..", "REQUIRED"),
            ("a\\", "REQUIRED"),
            ("\u{200b}", "REQUIRED"),
            ("a\nb.txt", "CONTROL_CHARACTER"),
            ("fdp.\u{202e}txt", "INVISIBLE_CHARACTER"),
            (&long, "TOO_LONG"),
        ] {
            assert_eq!(file_name(given).map_err(|violation| violation.code), Err(code), "{given:?}");
        }
    }
}
