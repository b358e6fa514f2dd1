//! An event and a dead letter as a line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use bytes::Bytes;
use lyceum_events::{DeadLetter, Event, EventRecord};
use serde::{Deserialize, Serialize};

/// An event in the log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EventLine {
    pub(super) position: i64,
    /// Microseconds since 1970.
    published_at: i64,
    /// Whether it is in its publisher's outbox, too: it had just been published.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) waits: bool,
    id: String,
    kind: String,
    aggregate_type: String,
    aggregate_id: String,
    sequence: u64,
    /// The CloudEvent to the letter.
    body: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl EventLine {
    pub(super) fn new(record: EventRecord, position: i64, waits: bool) -> Result<Self> {
        let Event { id, kind, aggregate_type, aggregate_id, sequence, body } = record.event;
        let body = String::from_utf8(body.into());
        let body = body.with_context(|| format!("the event {id} at {position} is no text"))?;
        let published_at = micros(record.published_at);
        Ok(Self { position, published_at, waits, id, kind, aggregate_type, aggregate_id, sequence, body })
    }

    pub(super) fn record(self) -> EventRecord {
        EventRecord {
            position: self.position,
            published_at: time(self.published_at),
            event: Event {
                id: self.id,
                kind: self.kind,
                aggregate_type: self.aggregate_type,
                aggregate_id: self.aggregate_id,
                sequence: self.sequence,
                body: Bytes::from(self.body),
            },
        }
    }
}

/// An event that a consumer gave up.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LetterLine {
    consumer: String,
    attempts: u32,
    error: String,
    died_at: i64,
    replaying: bool,
    event: EventLine,
}

impl LetterLine {
    pub(super) fn new(letter: &DeadLetter) -> Result<Self> {
        Ok(Self {
            consumer: letter.consumer.clone(),
            attempts: letter.attempts,
            error: letter.error.clone(),
            died_at: micros(letter.died_at),
            replaying: letter.replaying,
            event: EventLine::new(letter.record.clone(), letter.record.position, false)?,
        })
    }

    pub(super) fn letter(self) -> DeadLetter {
        DeadLetter {
            consumer: self.consumer,
            attempts: self.attempts,
            error: self.error,
            died_at: time(self.died_at),
            replaying: self.replaying,
            record: self.event.record(),
        }
    }
}

fn micros(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn time(micros: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was() {
        let record = EventRecord {
            position: 7,
            published_at: UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_001),
            event: Event {
                id: "e1".into(),
                kind: "k".into(),
                aggregate_type: "user".into(),
                aggregate_id: "ä\n".into(),
                sequence: u64::MAX,
                body: Bytes::from_static(b"{\"a\":  2.50, \"b\": \"\\u00e4\"}"),
            },
        };
        let line = serde_json::to_string(&EventLine::new(record.clone(), 7, false).unwrap()).unwrap();
        let read: EventLine = serde_json::from_str(&line).unwrap();
        assert!(!read.waits && !line.contains("waits"), "{line}");
        assert_eq!(read.record(), record);
    }
}
