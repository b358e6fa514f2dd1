//! Datestamps, to the second in UTC; harvesters may also name days.

use jiff::Timestamp as Moment;
use jiff::tz::TimeZone;
use lyceum_kit::prelude::*;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;

/// One end of what is harvested, as it was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Bound {
    text: String,
    /// Its first microsecond.
    first: i64,
}

impl Bound {
    /// Reads `2026-01-31` or `2026-01-31T23:59:59Z`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const SHAPE: &[u8] = b"0000-00-00T00:00:00Z";
        let shaped = |bytes: &[u8]| {
            bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
        };
        let moment = match text.len() {
            10 => format!("{text}T00:00:00"),
            20 => text.trim_end_matches('Z').to_owned(),
            _ => return None,
        };
        let moment: jiff::civil::DateTime = moment.parse().ok().filter(|_| shaped(text.as_bytes()))?;
        // The very last days of what four digits can say are no moments to the crate.
        let moment = moment.to_zoned(TimeZone::UTC).map_or(Moment::MAX, |zoned| zoned.timestamp());
        Some(Self { text: text.to_owned(), first: moment.as_microsecond() })
    }

    pub(super) fn is_day(&self) -> bool {
        self.text.len() == 10
    }

    /// The first moment of the day or second.
    pub(super) const fn first(&self) -> Timestamp {
        Timestamp::from_micros(self.first)
    }

    /// The last one: both ends are inside of what is harvested.
    pub(super) fn last(&self) -> Timestamp {
        let length = if self.is_day() { DAY } else { SECOND };
        Timestamp::from_micros(self.first.saturating_add(length - 1))
    }

    /// As it was given.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// A moment as a datestamp: the second that it is in.
pub(super) fn written(moment: Timestamp) -> String {
    let second = moment.as_micros().div_euclid(SECOND);
    Moment::from_second(second).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_day_or_a_second_from_its_first_to_its_last_moment() {
        let day = Bound::parse("2026-01-31").unwrap();
        assert_eq!(
            (written(day.first()), written(day.last())),
            ("2026-01-31T00:00:00Z".into(), "2026-01-31T23:59:59Z".into())
        );
        let second = Bound::parse("2026-01-31T23:59:59Z").unwrap();
        assert_eq!(second.last(), day.last());
        assert_eq!(second.first().as_micros() + 999_999, second.last().as_micros());
        assert_eq!(written(Timestamp::from_micros(-1)), "1969-12-31T23:59:59Z");
        assert!(Bound::parse("9999-12-31").unwrap().first() > Bound::parse("9999-12-30").unwrap().first());
        for wrong in [
            "",
            "2026",
            "2026-01",
            "2026-13-01",
            "2026-02-29",
            "2026-1-01",
            "2026-01-31T24:00:00Z",
            "2026-01-31T23:59Z",
            "2026-01-31T23:59:59z",
            "2026-01-31 23:59:59Z",
            "2026-01-31T23:59:59.5Z",
            "2026-01-31T23:59:59+00:00",
            "+026-01-31",
            "２０２６",
        ] {
            assert_eq!(Bound::parse(wrong), None, "{wrong}");
        }
    }
}
