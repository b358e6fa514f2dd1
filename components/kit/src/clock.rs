//! The time, to the microsecond, in UTC.

use std::{cell::Cell, fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const NO_TIME: &str = "Must be a time by RFC 3339 such as 2026-01-31T12:00:00Z.";
/// The last moment is what a clock can show at every distance from UTC.
const NO_MOMENT: &str = "Must be a moment that exists, before 9999-12-30T22:00:00Z.";

thread_local! {
    static FROZEN: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// A moment: microseconds since 1970-01-01T00:00:00Z.
///
/// It is an integer in the database and RFC 3339 in JSON.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment plus `duration`, at most the last moment there is.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// This moment less `duration`, at least the first moment there is.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }

    /// How long after `earlier` this is; zero when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(formatter, "{timestamp}"),
            Err(_) => write!(formatter, "{}us", self.0),
        }
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|timestamp| Self(timestamp.as_microsecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error: jiff::Error| {
            D::Error::custom(if error.is_range() { NO_MOMENT } else { NO_TIME })
        })
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// Now; or the moment at which [`crate::testing::freeze`] stopped the clock.
pub fn now() -> Timestamp {
    FROZEN.get().unwrap_or_else(|| Timestamp(jiff::Timestamp::now().as_microsecond()))
}

/// Stops this thread's clock at `timestamp`, or lets it run again.
pub(crate) fn set(timestamp: Option<Timestamp>) {
    FROZEN.set(timestamp);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_rfc_3339_in_utc() {
        let timestamp = Timestamp::from_micros(1_767_225_600_000_001);
        assert_eq!(serde_json::to_string(&timestamp).unwrap(), "\"2026-01-01T00:00:00.000001Z\"");
        let offset: Timestamp = serde_json::from_str("\"2026-01-01T01:00:00.000001+01:00\"").unwrap();
        assert_eq!(offset, timestamp);
        let said =
            |text: &str| serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap_err().to_string();
        assert!(said("yesterday").starts_with(NO_TIME));
        assert!(said("9999-12-31T00:00:00Z").starts_with(NO_MOMENT));
        assert!(said("2026-02-30T00:00:00Z").starts_with(NO_MOMENT));
    }

    #[test]
    fn arithmetic_never_overflows() {
        let last = Timestamp::from_micros(i64::MAX);
        assert_eq!(last.plus(Duration::from_secs(1)), last);
        let first = Timestamp::from_micros(i64::MIN);
        assert_eq!(first.minus(Duration::from_secs(1)), first);
        assert_eq!(Timestamp::from_micros(0).since(last), Duration::ZERO);
        assert_eq!(Timestamp::from_micros(2).since(Timestamp::from_micros(1)), Duration::from_micros(1));
    }
}
