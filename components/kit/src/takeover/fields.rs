//! What records of an older library have in common.

use std::{fmt, str::FromStr};

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{
    clock::Timestamp,
    day::Day,
    text::{self, Name, domain},
    violation::Violation,
};

/// The first year of which there are numbers.
const FIRST_YEAR: i16 = 1970;
/// The largest count in a number: whatever follows has room.
const LARGEST: i64 = 1_000_000_000;

/// When something was: a time such as `2025-01-31T08:00:00Z`, the same without a zone, which is then UTC, or a day, which
/// is its first moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moment(pub Timestamp);

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let utc = |local: DateTime| local.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        let timestamp = match (text.parse::<jiff::Timestamp>(), text.len()) {
            (Ok(timestamp), _) => timestamp,
            (Err(_), 10) => utc(text.parse::<Date>()?.into())?,
            (Err(_), _) => utc(text.parse::<DateTime>()?)?,
        };
        Ok(Self(Timestamp::from_micros(timestamp.as_microsecond())))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("not a time such as 2026-01-31T12:00:00Z, and no day"))
    }
}

/// A year and a count in it, such as `2025/17`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Numbered {
    /// From 1970 to the present one.
    pub year: i16,
    /// From 1 to 1,000,000,000.
    pub count: i64,
}

impl Numbered {
    /// Reads such a number, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let wrong =
            || Violation::new("NOT_A_NUMBER", "Must be a year and a count from 1 in it, such as 2025/17.");
        let (year, count) = text.split_once('/').ok_or_else(wrong)?;
        let (Ok(year), Ok(count)) = (year.parse(), count.parse()) else { return Err(wrong()) };
        let numbered = Self { year, count };
        if numbered.to_string() != text {
            return Err(wrong());
        }
        if !(FIRST_YEAR..=Day::today().year()).contains(&year) || !(1..=LARGEST).contains(&count) {
            return Err(Violation::new(
                "OUT_OF_RANGE",
                "Must be of a year from 1970 to the present one, and count from 1.",
            ));
        }
        Ok(numbered)
    }
}

impl fmt::Display for Numbered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.year, self.count)
    }
}

/// Whether this is a number of a thing that the older library counted: from 1 to 1,000,000,000.
pub fn counted(number: i64) -> Result<(), Violation> {
    if (1..=LARGEST).contains(&number) {
        return Ok(());
    }
    Err(Violation::new("OUT_OF_RANGE", "Must be from 1 to 1,000,000,000."))
}

/// The one form of a name by which others find what is called so.
pub fn name_key(name: &str) -> String {
    text::fold(Name::nearest(name).as_str())
}

/// The one form of a mail address by which others find whose it is: in lower case, its domain in A-labels.
pub fn address_key(address: &str) -> String {
    let address = address.trim();
    let written = match address.rsplit_once('@') {
        Some((local, host)) => format!("{local}@{}", domain::ascii(host).unwrap_or_else(|| host.to_owned())),
        None => address.to_owned(),
    };
    written.to_lowercase()
}

/// So many places of a statement: `$1, $2, $3`.
pub fn places(count: usize) -> String {
    (1..=count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_with_or_without_a_zone_or_a_day() {
        let at = |text: &str| text.parse::<Moment>().map(|moment| moment.0.to_string()).unwrap();
        assert_eq!(at("2025-01-31T08:00:00+01:00"), "2025-01-31T07:00:00Z");
        assert_eq!(at("2025-01-31T08:00:00.25"), "2025-01-31T08:00:00.25Z");
        assert_eq!(at("2025-01-31 08:00:00"), "2025-01-31T08:00:00Z");
        assert_eq!(at("2025-01-31"), "2025-01-31T00:00:00Z");
        for bad in ["", "2025-02-30", "31.01.2025", "2025-1-1"] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_a_year_that_has_been_and_a_count() {
        assert_eq!(Numbered::parse("2025/35"), Ok(Numbered { year: 2025, count: 35 }));
        for (bad, code) in [
            ("2025", "NOT_A_NUMBER"),
            ("2025/035", "NOT_A_NUMBER"),
            ("2025/-1", "OUT_OF_RANGE"),
            ("2025/0", "OUT_OF_RANGE"),
            ("1969/1", "OUT_OF_RANGE"),
            ("9999/1", "OUT_OF_RANGE"),
            ("2025/9000000000", "OUT_OF_RANGE"),
        ] {
            assert_eq!(Numbered::parse(bad).unwrap_err().code, code, "{bad}");
        }
    }

    #[test]
    fn keys_are_the_same_for_all_forms_of_a_name_or_an_address() {
        assert_eq!(name_key("  Ficção   Científica"), name_key("ficcao cientifica"));
        assert_eq!(address_key(" Ana@EXÄMPLE.org"), "ana@xn--exmple-cua.org");
        assert_eq!(address_key("nobody"), "nobody");
    }
}
