//! Times as Aurora has them: ISO 8601 with microseconds and without a zone, which is UTC.

use jiff::{civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::clock::Timestamp;

/// A moment; in JSON such as `2026-01-31T12:00:00.000001`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moment(pub Timestamp);

impl Moment {
    /// Of a text with or without a zone.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(zoned) = text.parse::<Timestamp>() {
            return Some(Self(zoned));
        }
        let zoned = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(Self(Timestamp::from_micros(zoned.timestamp().as_microsecond())))
    }

    /// As it is written.
    pub fn text(self) -> String {
        let micros = self.0.as_micros();
        jiff::Timestamp::from_microsecond(micros).map_or_else(
            |_| self.0.to_string(),
            |time| {
                time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
                    + &format!(".{:06}", micros.rem_euclid(1_000_000))
            },
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a time such as 2026-01-31T12:00:00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_utc_and_written_with_six_digits() {
        for (given, written) in [
            ("2026-01-31T12:00:00", "2026-01-31T12:00:00.000000"),
            ("2026-01-31T12:00:00.25", "2026-01-31T12:00:00.250000"),
            ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00.000000"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999"),
        ] {
            assert_eq!(Moment::parse(given).map(Moment::text).as_deref(), Some(written));
        }
        assert_eq!(Moment::parse("tomorrow"), None);
    }
}
