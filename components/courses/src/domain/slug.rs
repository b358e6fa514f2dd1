//! A course's part of web addresses.

use lyceum_kit::prelude::*;
use lyceum_kit::text;

/// In characters.
const LIMIT: usize = 100;
/// So much of the title is in what is made of it.
const OF_TITLE: usize = 60;

/// `SLUG`.
pub(super) fn check(slug: &str) -> Result<(), Violation> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = slug.bytes().next().is_some_and(plain) && slug.bytes().last().is_some_and(plain);
    let long = (3..=LIMIT).contains(&slug.len());
    if ends && long && slug.bytes().all(|byte| plain(byte) || byte == b'-') {
        return Ok(());
    }
    Err(Violation::new(
        "SLUG",
        "Must be 3 to 100 of a to z, 0 to 9 and -, with a letter or digit at both ends.",
    ))
}

/// One for a title. The end of the id tells courses of the same title apart.
pub(super) fn of(title: &str, id: Uuid) -> String {
    let folded = text::fold(title);
    let words = folded.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let readable: String = words.collect::<Vec<_>>().join("-").chars().take(OF_TITLE).collect();
    let id = id.simple().to_string();
    let end = id.get(20..).unwrap_or_default();
    match readable.trim_end_matches('-') {
        "" => format!("course-{end}"),
        readable => format!("{readable}-{end}"),
    }
}
