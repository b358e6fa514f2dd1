//! Days of the calendar.

use std::borrow::Cow;

use jiff::{ToSpan as _, Unit, civil::Date, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    clock::{self, Timestamp},
    sql::{FromValue, IntoValue, Value},
};

/// There are no more days from the year 0 to 9999.
const DAYS: i64 = 3_652_425;

/// A day, such as `2026-01-31`, from the year 0 to 9999: a text in JSON and in the database, where texts sort as days do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Day(Date);

impl Day {
    /// The day of this moment, in UTC.
    pub fn of(moment: Timestamp) -> Self {
        let moment = jiff::Timestamp::from_microsecond(moment.as_micros()).unwrap_or_default();
        Self(Offset::UTC.to_datetime(moment).date())
    }

    /// Today, in UTC.
    pub fn today() -> Self {
        Self::of(clock::now())
    }

    /// The day as its year, month and day of the month.
    pub fn civil(self) -> Date {
        self.0
    }

    /// So many days later, at most the last day of 9999.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add(i64::from(days).min(DAYS).days()))
    }

    /// So many days earlier, at least the first day of the year 0.
    #[must_use]
    pub fn minus(self, days: u32) -> Self {
        let earlier = self.0.saturating_sub(i64::from(days).min(DAYS).days());
        Self(earlier.max(Date::constant(0, 1, 1)))
    }

    /// The day after; at the end of 9999, the same.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The day before; at the beginning of the year 0, the same.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }

    /// How many days later this is than `earlier`; 0 if it is not later.
    pub fn days_since(self, earlier: Self) -> u32 {
        let span = self.0.since((Unit::Day, earlier.0));
        span.map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0))
    }

    /// The same day so many years earlier, or the last of its month; at least the first day of the year 0.
    #[must_use]
    pub fn minus_years(self, years: u16) -> Self {
        let earlier = self.0.saturating_sub(i64::from(years).years());
        Self(earlier.max(Date::constant(0, 1, 1)))
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Reads such a text; none if it is another one.
    pub fn parse(text: &str) -> Option<Self> {
        let date: Date = text.parse().ok()?;
        // Other forms of ISO 8601 would not sort.
        (date.year() >= 0 && date.to_string() == text).then_some(Self(date))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a day such as 2026-01-31"))
    }
}

impl IntoValue for Day {
    fn into_value(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl FromValue for Day {
    fn from_value(value: Value) -> Option<Self> {
        Self::parse(&String::from_value(value)?)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        let format = Some(SchemaFormat::KnownFormat(KnownFormat::Date));
        ObjectBuilder::new().schema_type(Type::String).format(format).into()
    }
}

impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_one_form_only_and_counted_over_leap_years() {
        for bad in ["", "20260131", "2026-1-31", "2026-02-29", "2026-01-31T00:00", "-000001-01-01", "today"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(day("2024-02-28").plus(2), day("2024-03-01"));
        assert_eq!(day("2026-02-28").next(), day("2026-03-01"));
        assert_eq!(day("2024-03-01").minus(2), day("2024-02-28"));
        assert_eq!(day("0000-01-02").minus(u32::MAX), day("0000-01-01"));
        assert_eq!(day("2025-03-01").days_since(day("2024-03-01")), 365);
        assert_eq!(day("2024-03-01").days_since(day("2025-03-01")), 0);
        assert_eq!(day("9999-12-31").plus(u32::MAX), day("9999-12-31"));
        assert_eq!(day("2024-02-29").minus_years(1), day("2023-02-28"));
        assert_eq!(day("0005-01-01").minus_years(12), day("0000-01-01"));
        let late: Timestamp = "2026-01-31T23:59:59.999999Z".parse().unwrap();
        assert_eq!(Day::of(late), day("2026-01-31"));
    }
}
