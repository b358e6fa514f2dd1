//! Events as they stand in the outbox: structured CloudEvents 1.0 JSON.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{Context, Error, Event, Publishes};

/// How many partitions an outbox has. Part of the stored form: it never changes.
pub(crate) const PARTITIONS: i16 = 16;

/// An event that the bus and its consumers can take: its names are not empty, its data is JSON.
#[derive(Debug)]
pub struct NewEvent {
    /// Unique for ever.
    pub id: String,
    /// The CloudEvents `type`.
    pub kind: String,
    /// What the event is about.
    pub aggregate_type: String,
    /// The CloudEvents `subject`.
    pub aggregate_id: String,
    data: Box<RawValue>,
}

impl NewEvent {
    /// Refuses an event that the bus or its consumers could not take, or that its service may not publish.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is wrong with it.
    pub fn check(event: Event, publishes: &Publishes) -> Result<Self, Error> {
        let Event { id, kind, aggregate_type, aggregate_id, data } = event;
        publishes.check(&kind)?;
        for (name, value) in [
            ("id", &id),
            ("kind", &kind),
            ("aggregate-type", &aggregate_type),
            ("aggregate-id", &aggregate_id),
        ] {
            if value.is_empty() || value.contains('\0') {
                return Err(Error::Invalid(format!("event.{name} must be text that is not empty")));
            }
        }
        let not_json = |error: serde_json::Error| Error::Invalid(format!("event.data is not JSON: {error}"));
        // Not only the syntax: nesting that no consumer could read is refused here, too.
        serde_json::from_str::<serde_json::Value>(&data).map_err(not_json)?;
        let data = RawValue::from_string(data).map_err(not_json)?;
        Ok(Self { id, kind, aggregate_type, aggregate_id, data })
    }

    /// Which of the outbox's partitions it belongs to: decided by its aggregate alone.
    pub(crate) fn partition(&self) -> i16 {
        let digest = Sha256::new()
            .chain_update(self.aggregate_type.as_bytes())
            .chain_update([0])
            .chain_update(self.aggregate_id.as_bytes())
            .finalize();
        i16::from(digest.first().copied().unwrap_or_default()) % PARTITIONS
    }

    /// The CloudEvent. `micros` since the Unix epoch.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that no calendar has.
    pub fn body(
        &self,
        service: &str,
        sequence: i64,
        context: &Context,
        micros: i64,
    ) -> Result<String, Error> {
        let time = Timestamp::from_microsecond(micros).map_err(|error| Error::Invalid(error.to_string()))?;
        let event = CloudEvent {
            specversion: "1.0",
            id: &self.id,
            kind: &self.kind,
            source: format!("/services/{service}"),
            subject: &self.aggregate_id,
            time: format!("{time:.6}"),
            datacontenttype: "application/json",
            aggregatetype: &self.aggregate_type,
            sequence,
            correlationid: Some(context.correlation_id.as_str()).filter(|id| !id.is_empty()),
            causationid: context.causation_id.as_deref(),
            traceparent: context.traceparent.as_deref(),
            actor: context.actor.as_deref(),
            data: &self.data,
        };
        serde_json::to_string(&event).map_err(|error| Error::Invalid(error.to_string()))
    }
}

/// Attribute names as in the CloudEvents 1.0 JSON format; the last ones are extensions.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    source: String,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    aggregatetype: &'a str,
    sequence: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    data: &'a RawValue,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(aggregate_id: &str, data: &str) -> Event {
        Event {
            id: "e1".into(),
            kind: "lyceum.test.Happened.v1".into(),
            aggregate_type: "thing".into(),
            aggregate_id: aggregate_id.into(),
            data: data.into(),
        }
    }

    #[test]
    fn the_body_is_a_structured_cloud_event() {
        let context = Context {
            correlation_id: "c1".into(),
            causation_id: None,
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
            actor: Some("u1".into()),
        };
        let body = NewEvent::check(event("t1", r#"{"b":1,"a":[2.50]}"#), &Publishes::anything())
            .and_then(|event| event.body("books", 7, &context, 1_700_000_000_000_001))
            .unwrap();
        assert_eq!(
            body,
            concat!(
                r#"{"specversion":"1.0","id":"e1","type":"lyceum.test.Happened.v1","source":"/services/books","#,
                r#""subject":"t1","time":"2023-11-14T22:13:20.000001Z","datacontenttype":"application/json","#,
                r#""aggregatetype":"thing","sequence":7,"correlationid":"c1","#,
                r#""traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","actor":"u1","#,
                r#""data":{"b":1,"a":[2.50]}}"#
            )
        );
    }

    #[test]
    fn data_that_consumers_cannot_read_is_refused() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for data in ["", "{", "{} {}", "\u{feff}{}", deep.as_str()] {
            let checked = NewEvent::check(event("t1", data), &Publishes::anything());
            assert!(matches!(checked, Err(Error::Invalid(_))), "{data}");
        }
    }

    /// Rows written by an earlier version are still in their partitions, so the hash may never change.
    #[test]
    fn partitions_are_stable_and_spread() {
        let partition =
            |id: &str| NewEvent::check(event(id, "{}"), &Publishes::anything()).unwrap().partition();
        assert_eq!(["a", "b", "c", "d"].map(partition), [4, 14, 3, 5]);
        let mut seen = [0_u32; PARTITIONS as usize];
        for number in 0..1600 {
            seen[usize::try_from(partition(&number.to_string())).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| (60..140).contains(&count)), "{seen:?}");
    }
}
