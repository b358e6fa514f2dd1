//! International Standard Book Numbers (ISO 2108).

use std::fmt;

use isbn::{Isbn10, Isbn13, IsbnError};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::ToSchema;

/// The ISBN of a book, whichever of its two forms was given: all ISBN-10 have an ISBN-13, which is the one that is kept.
///
/// Whether its group and publisher were allotted is not asked: numbers are in use before lists of them are out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ToSchema)]
#[schema(value_type = String, examples("9780140449136"))]
pub(crate) struct Isbn(Isbn13);

impl Isbn {
    /// Reads ten or thirteen digits with spaces and hyphens of any kind between them: `ISBN`, which says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, Violation> {
        let plain: String =
            text.trim().chars().map(|sign| if is_hyphen(sign) { '-' } else { sign }).collect();
        let read = plain.parse().map(|isbn| match isbn {
            isbn::Isbn::_10(ten) => Isbn13::from(ten),
            isbn::Isbn::_13(thirteen) => thirteen,
        });
        let wrong = |message: &'static str| Err(Violation::new("ISBN", message));
        match read {
            // Other article numbers of thirteen digits have the same check digit.
            Ok(isbn) if !["978", "979"].iter().any(|prefix| isbn.to_string().starts_with(prefix)) => {
                wrong("An ISBN of 13 digits begins with 978 or 979.")
            }
            // That part of the prefix belongs to printed music (ISO 10957).
            Ok(isbn) if isbn.to_string().starts_with("9790") => {
                wrong("What begins with 979-0 is an ISMN, the number of printed music, and no ISBN.")
            }
            Ok(isbn) => Ok(Self(isbn)),
            Err(IsbnError::InvalidLength) => wrong("An ISBN has 10 or 13 digits."),
            // The crate has the same word for a check digit that is wrong.
            Err(_) => wrong("It is no ISBN: a digit is wrong, or two are in each other's place."),
        }
    }

    /// Whether a text has ten signs, hyphens and spaces aside: the older form.
    pub(crate) fn is_ten(text: &str) -> bool {
        text.chars().filter(|sign| !is_hyphen(*sign) && *sign != '-' && !sign.is_whitespace()).count() == 10
    }

    /// Whether it is written as the older library wrote it: ten or thirteen digits alone, of which the tenth may be `X`.
    pub(crate) fn is_plain(text: &str) -> bool {
        let digits = text.strip_suffix('X').filter(|_| text.len() == 10).unwrap_or(text);
        matches!(text.len(), 10 | 13) && digits.bytes().all(|digit| digit.is_ascii_digit())
    }

    /// Its older form, which numbers that begin with 979 don't have.
    pub(crate) fn ten(self) -> Option<String> {
        Isbn10::try_from(self.0).ok().map(|ten| ten.to_string())
    }
}

/// Hyphens and dashes, as they come out of documents.
const fn is_hyphen(sign: char) -> bool {
    matches!(sign, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Thirteen digits.
impl fmt::Display for Isbn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Isbn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Isbn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(|wrong| D::Error::custom(wrong.message))
    }
}

impl IntoValue for Isbn {
    fn into_value(self) -> Value {
        self.to_string().into_value()
    }
}

impl FromValue for Isbn {
    fn from_value(value: Value) -> Option<Self> {
        Self::parse(&String::from_value(value)?).ok()
    }
}

#[cfg(test)]
mod tests;
