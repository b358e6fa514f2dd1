//! Time as events.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use crate::clock::{Clock, micros, time};
use crate::{Event, Publisher};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// Between attempts to publish when the bus fails.
const RETRY: Duration = Duration::from_secs(1);

/// Publishes the ticks of the running minute and hour, then of each that begins. Minutes in which
/// nothing ran are not made up for: `sequence` is the number of the minute, so the gap is seen.
pub(crate) async fn run(publisher: Arc<dyn Publisher>, clock: Arc<dyn Clock>) {
    loop {
        let now = clock.now();
        if let Err(error) = publisher.publish(tick_events(now)).await {
            tracing::warn!(%error, "ticks can't be published");
            tokio::time::sleep(RETRY).await;
            continue;
        }
        let minute = micros(now) / 1_000_000 / MINUTE;
        clock.wait_until(time((minute + 1) * MINUTE * 1_000_000)).await;
    }
}

/// The ticks of the minute and of the hour that `now` is in: the kinds `lyceum.tick.minute` and
/// `lyceum.tick.hour`. Every bus publishes exactly these, so that several hosts publish one.
pub fn tick_events(now: SystemTime) -> Vec<Event> {
    let seconds = micros(now) / 1_000_000;
    vec![tick("minute", seconds, MINUTE), tick("hour", seconds, HOUR)]
}

fn tick(unit: &str, seconds: i64, length: i64) -> Event {
    let number = seconds / length;
    let id = format!("tick-{unit}-{number}");
    let kind = format!("lyceum.tick.{unit}");
    let sequence = u64::try_from(number).unwrap_or(0);
    // Always in range: the clock counts microseconds in the same type.
    let begins = format!("{:.6}", Timestamp::from_second(number * length).unwrap_or_default());
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
        "data": { unit: number, "begins_at": begins },
    });
    Event {
        id,
        kind,
        aggregate_type: "tick".to_owned(),
        aggregate_id: unit.to_owned(),
        sequence,
        body: Bytes::from(body.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_tick_names_its_minute_and_hour() {
        let events = tick_events(UNIX_EPOCH + Duration::from_secs(1_700_000_059));
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids, ["tick-minute-28333334", "tick-hour-472222"]);
        let body: serde_json::Value = serde_json::from_slice(&events[0].body).expect("JSON");
        assert_eq!(body["time"], "2023-11-14T22:14:00.000000Z");
        assert_eq!(body["type"], "lyceum.tick.minute");
        assert_eq!(body["data"]["minute"], 28_333_334);
    }

    #[test]
    fn everybody_in_one_minute_makes_the_same_tick() {
        let at = |seconds| tick_events(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(1_700_000_040), at(1_700_000_099));
        assert_ne!(at(1_700_000_099), at(1_700_000_100));
    }
}
