//! How large a spreadsheet is when it is unpacked: a file of a few kilobytes can say that it holds gigabytes.

use std::io::{Cursor, Read, sink};

use bytes::Bytes;
use zip::{ZipArchive, result::ZipError};

use super::unreadable;
use crate::problem::Problem;

/// Bytes of a sheet, which is read cell by cell.
const SHEET: u64 = 32 << 20;
/// Bytes of the texts that cells share, which are kept while the sheet is read.
const TEXTS: u64 = 8 << 20;
/// Bytes of any other part that is read, such as the styles: what is made of them is many times larger.
const PART: u64 = 1 << 20;
/// Bytes of what isn't read, such as a picture.
const OTHER: u64 = 8 << 20;
/// Bytes of all parts.
const ALL: u64 = 64 << 20;
/// Texts that cells share, for which room is made as soon as their number is read.
const MAX_TEXTS: u64 = 500_000;

/// Fails with 422 if a part is larger than what fits into an instance's memory beside what is made of it. What the file
/// says of itself doesn't count: each part is unpacked once, and forgotten.
pub(super) fn check(file: &Bytes) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(file.clone())).map_err(|error| wrong(&error))?;
    let mut all = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| wrong(&error))?;
        let name = part.name().map_err(|error| wrong(&error))?.to_ascii_lowercase().replace('\\', "/");
        let most = most(&name).min(ALL - all);
        let mut part = part.take(most + 1);
        let size = if is_texts(&name) {
            let mut texts = Vec::new();
            let size = part.read_to_end(&mut texts).map_err(|error| wrong(&error.into()))?;
            if counted(&texts).is_some_and(|count| count > MAX_TEXTS) {
                return Err(unreadable(format!("It says that it has more than {MAX_TEXTS} texts.")));
            }
            u64::try_from(size).unwrap_or(u64::MAX)
        } else {
            std::io::copy(&mut part, &mut sink()).map_err(|error| wrong(&error.into()))?
        };
        if size > most {
            let detail = format!("Unpacked, its part {name:?} has more than the {most} bytes that are read.");
            return Err(unreadable(detail));
        }
        all += size;
    }
    Ok(())
}

fn wrong(error: &ZipError) -> Problem {
    unreadable(format!("It is no XLSX file that can be read: {error}."))
}

fn is_texts(name: &str) -> bool {
    name.ends_with("sharedstrings.xml")
}

fn most(name: &str) -> u64 {
    let is_read = matches!(name.rsplit('.').next(), Some("xml" | "rels"));
    match name {
        _ if is_texts(name) => TEXTS,
        _ if is_read && name.contains("worksheets/") => SHEET,
        _ if is_read => PART,
        _ => OTHER,
    }
}

/// The `uniqueCount` that the texts begin with, whatever bytes a letter has.
fn counted(texts: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"uniqueCount";
    let letters: Vec<u8> = texts.iter().copied().filter(|byte| *byte != 0).collect();
    let at = letters.windows(NAME.len()).position(|window| window == NAME)?;
    let digits = letters.iter().skip(at + NAME.len()).skip_while(|byte| !byte.is_ascii_digit());
    let digit = |count: u64, digit: &u8| count.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(digits.take_while(|byte| byte.is_ascii_digit()).fold(0, digit))
}
