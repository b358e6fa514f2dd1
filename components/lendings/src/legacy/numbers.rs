//! The numbers by which the older library's clients name lendings, readers and books.

use isbn::Isbn13;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::{BookSeen, Day, ReaderSeen};
use crate::store::cases::{self, WhichReader};

/// The first year of which there are numbers.
const FIRST_YEAR: i16 = 1970;

/// A year and a count in it, of a lending or of a reader.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Numbered {
    /// From 1970 to the present one.
    year: i32,
    /// From 0.
    seq: i64,
}

impl Numbered {
    /// As a text; 400 if there can be no such number.
    pub(super) fn checked(self) -> Result<String, Problem> {
        let Self { year, seq } = self;
        if !(i32::from(FIRST_YEAR)..=i32::from(Day::today().year())).contains(&year) {
            return Err(Problem::bad_request("NUMBER", "Invalid year component."));
        }
        if seq < 0 {
            return Err(Problem::bad_request("NUMBER", "Sequential component cannot be negative."));
        }
        Ok(format!("{year}/{seq}"))
    }
}

/// The thirteen digits of an ISBN of ten or thirteen, whatever hyphens stand between them; none if it is no ISBN.
pub(crate) fn thirteen_digits(isbn: &str) -> Option<String> {
    let is_dash = |sign: char| matches!(sign, '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let plain: String = isbn.trim().chars().map(|sign| if is_dash(sign) { '-' } else { sign }).collect();
    let thirteen = match plain.parse().ok()? {
        isbn::Isbn::_10(ten) => Isbn13::from(ten),
        isbn::Isbn::_13(thirteen) => thirteen,
    };
    Some(thirteen.to_string())
}

/// The book with this ISBN of ten or thirteen digits, if there is one.
pub(super) fn book(isbn: &str) -> Result<Option<BookSeen>, SqlError> {
    thirteen_digits(isbn).map_or(Ok(None), |thirteen| cases::book_with(&thirteen))
}

/// The reader with this number, if there is one.
pub(super) fn reader(number: &str) -> Result<Option<ReaderSeen>, SqlError> {
    // A reader that is gone has no number.
    if number.is_empty() {
        return Ok(None);
    }
    Ok(cases::readers(&WhichReader::Number(number.to_owned()))?.pop())
}

/// There is no such book.
pub(super) fn no_book(isbn: &str) -> Problem {
    Problem::not_found(format!("Cannot find the book with ISBN {isbn}."))
}

/// There is no such reader.
pub(super) fn no_reader(number: &str) -> Problem {
    Problem::not_found(format!("Cannot find the reader with number {number}."))
}
