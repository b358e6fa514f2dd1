//! Time as events. Ticks are no part of the log: what matters of them is the newest one.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;

use crate::clock::{Clock, micros, time};
use crate::{Event, Subscription};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A unit of time that begins with a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Minute,
    Hour,
}

impl Unit {
    /// The one whose ticks have this kind.
    pub(crate) fn of_kind(kind: &str) -> Option<Self> {
        [Self::Minute, Self::Hour].into_iter().find(|unit| unit.kind() == kind)
    }

    /// The kind of its ticks.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Minute => "lyceum.tick.minute",
            Self::Hour => "lyceum.tick.hour",
        }
    }

    /// The aggregate id of its ticks.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
        }
    }

    /// Which of the units since 1970 runs at this time.
    pub(crate) fn number(self, now: SystemTime) -> i64 {
        micros(now) / 1_000_000 / self.seconds()
    }

    /// When a unit begins.
    pub(crate) fn begin(self, number: i64) -> SystemTime {
        time(number.saturating_mul(self.seconds()).saturating_mul(1_000_000))
    }

    /// The tick of a unit. `previous` is the last one that the consumer has handled, if there is any.
    pub(crate) fn tick(self, number: i64, previous: Option<i64>) -> Event {
        let (unit, kind) = (self.name(), self.kind());
        let id = format!("tick-{unit}-{number}");
        let sequence = u64::try_from(number).unwrap_or(0);
        // Always in range: the clock counts microseconds in the same type.
        let begins = format!("{:.6}", Timestamp::from_second(number * self.seconds()).unwrap_or_default());
        let mut data = json!({ unit: number, "begins_at": begins });
        if let (Some(previous), Some(data)) = (previous, data.as_object_mut()) {
            data.insert("previous".to_owned(), previous.into());
        }
        let body = json!({
            "specversion": "1.0",
            "id": id,
            "source": "/platform/ticks",
            "type": kind,
            "subject": unit,
            "time": begins,
            "datacontenttype": "application/json",
            "aggregatetype": "tick",
            "sequence": sequence,
            "data": data,
        });
        Event {
            id,
            kind: kind.to_owned(),
            aggregate_type: "tick".to_owned(),
            aggregate_id: unit.to_owned(),
            sequence,
            body: Bytes::from(body.to_string()),
        }
    }
}

/// Tells the time now, then at the beginning of each minute. Minutes in which nothing ran are not made up for.
pub(crate) async fn run(now: watch::Sender<Option<SystemTime>>, clock: Arc<dyn Clock>) {
    loop {
        let time = clock.now();
        now.send_replace(Some(time));
        clock.wait_until(Unit::Minute.begin(Unit::Minute.number(time) + 1)).await;
    }
}

/// The units whose ticks a subscription wants.
pub(crate) fn wanted(subscription: &Subscription) -> Vec<Unit> {
    subscription.kinds.iter().filter_map(|kind| Unit::of_kind(kind)).collect()
}

/// The subscription without its ticks, which the log doesn't have; if it wants nothing else, as it is.
pub(crate) fn without(mut subscription: Subscription) -> Subscription {
    if subscription.kinds.iter().any(|kind| Unit::of_kind(kind).is_none()) {
        subscription.kinds.retain(|kind| Unit::of_kind(kind).is_none());
    } else {
        // Older versions kept ticks in the log; nobody wants those.
        subscription.starts.extend(subscription.kinds.iter().map(|kind| (kind.clone(), crate::Start::Now)));
    }
    subscription
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_tick_names_its_unit_and_the_one_handled_before() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_059);
        let minute = Unit::Minute.tick(Unit::Minute.number(now), Some(28_333_300));
        let hour = Unit::Hour.tick(Unit::Hour.number(now), None);
        assert_eq!((minute.id.as_str(), hour.id.as_str()), ("tick-minute-28333334", "tick-hour-472222"));
        let body: serde_json::Value = serde_json::from_slice(&minute.body).expect("JSON");
        assert_eq!(body["time"], "2023-11-14T22:14:00.000000Z");
        assert_eq!(body["type"], "lyceum.tick.minute");
        assert_eq!(body["data"]["minute"], 28_333_334);
        assert_eq!(body["data"]["previous"], 28_333_300);
        let body: serde_json::Value = serde_json::from_slice(&hour.body).expect("JSON");
        assert_eq!(body["data"].get("previous"), None);
    }

    #[test]
    fn everybody_in_one_minute_makes_the_same_tick() {
        let at = |seconds| Unit::Minute.number(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(1_700_000_040), at(1_700_000_099));
        assert_ne!(at(1_700_000_099), at(1_700_000_100));
    }
}
