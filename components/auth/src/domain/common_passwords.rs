//! The list of common passwords.

/// One password a line, lower case, at least 8 characters each; `#` starts a comment.
const LIST: &str = include_str!("../../data/common-passwords.txt");

/// The fewest characters that an entry has.
const SHORTEST_ENTRY: usize = 8;
/// With more signs than this around it, a common password is not guessed early any more.
const MOST_PADDING: usize = 4;

/// Whether `folded` (in lower case) is a common password, or becomes one when up to four digits
/// and signs around it are taken off.
pub(super) fn contains(folded: &str) -> bool {
    let core = folded.trim_matches(|letter: char| !letter.is_alphabetic());
    let padding = folded.chars().count().saturating_sub(core.chars().count());
    let core_counts = core.chars().count() >= SHORTEST_ENTRY && padding <= MOST_PADDING;
    LIST.lines().any(|entry| entry == folded || (core_counts && entry == core))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_what_the_search_assumes() {
        let entries: Vec<&str> = LIST.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(entries.len() > 3_000);
        for entry in entries {
            assert!(entry.chars().count() >= SHORTEST_ENTRY, "{entry} can never be reached");
            assert_eq!(entry, entry.to_lowercase());
        }
    }

    #[test]
    fn padding_hides_nothing_unless_there_is_much() {
        assert!(contains("password1999"));
        assert!(contains("##football##"));
        assert!(!contains("football83017264"));
        assert!(!contains("kittiwake hedgerow"));
    }
}
