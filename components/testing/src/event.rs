//! Events: those that come, and those that the service publishes.

use lyceum_kit::{clock::Timestamp, ids};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::schema;

/// An event to deliver, as a structured CloudEvent. Delivered again, it is the same event.
#[derive(Clone, Debug)]
pub struct Event(Value);

impl Event {
    /// An event of this kind with these data, which have to be as the publisher's schema says if the publisher is one
    /// of ours. It has a new id, is about nothing, and happened now.
    pub fn new(kind: &str, data: impl Serialize) -> Self {
        let data = serde_json::to_value(data).expect("data that can be JSON");
        schema::check_received(kind, &data);
        Self::unchecked(kind, data)
    }

    /// An event whose data no publisher would send.
    pub fn malformed(kind: &str, data: Value) -> Self {
        Self::unchecked(kind, data)
    }

    fn unchecked(kind: &str, data: Value) -> Self {
        let service = kind.split('.').nth(1).unwrap_or_default();
        Self(json!({
            "specversion": "1.0",
            "id": ids::new().to_string(),
            "type": kind,
            "source": format!("/services/{service}"),
            "time": lyceum_kit::clock::now(),
            "datacontenttype": "application/json",
            "data": data,
        }))
    }

    /// The tick of this moment: `unit` is `minute` or `hour`.
    pub(crate) fn tick(unit: &str, now: Timestamp) -> Self {
        let length: i64 = match unit {
            "minute" => 60,
            "hour" => 3600,
            other => panic!("there is no tick of a {other}"),
        };
        let number = now.as_seconds().div_euclid(length);
        let begins_at = Timestamp::from_micros(number * length * 1_000_000);
        Self(json!({
            "specversion": "1.0",
            "id": format!("tick-{unit}-{number}"),
            "type": format!("lyceum.tick.{unit}"),
            "source": "/platform/ticks",
            "subject": unit,
            "time": begins_at,
            "datacontenttype": "application/json",
            "aggregatetype": "tick",
            "sequence": number,
            "data": { unit: number, "begins_at": begins_at },
        }))
    }

    /// What it is about, and the how-manieth event about that it is.
    #[must_use]
    pub fn about(mut self, aggregate_type: &str, aggregate_id: &str, sequence: u64) -> Self {
        self.0["aggregatetype"] = json!(aggregate_type);
        self.0["subject"] = json!(aggregate_id);
        self.0["sequence"] = json!(sequence);
        self
    }

    /// When it happened.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.0["time"] = json!(time);
        self
    }

    /// As a host delivers it: to this consumer, such as `users/projection`. Without it, it goes to whatever handles its
    /// kind.
    #[must_use]
    pub fn to(mut self, consumer: &str) -> Self {
        self.0["consumer"] = json!(consumer);
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap_or_default()
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

/// An event that the service has published.
#[derive(Clone, Debug, Deserialize)]
pub struct Published {
    /// Unique for ever.
    pub id: String,
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    #[serde(rename = "aggregatetype")]
    pub aggregate_type: String,
    /// The aggregate's id.
    #[serde(rename = "subject")]
    pub aggregate_id: String,
    /// Counts the aggregate's events from 1.
    pub sequence: u64,
    /// Shared by everything that one outside request led to.
    #[serde(rename = "correlationid")]
    pub correlation_id: String,
    /// The event that caused this one.
    #[serde(default, rename = "causationid")]
    pub causation_id: Option<String>,
    /// The user on whose behalf it happened.
    #[serde(default)]
    pub actor: Option<String>,
    /// What happened.
    pub data: Value,
    #[serde(skip)]
    body: Value,
}

impl Published {
    /// Reads one, whose data have to be as its schema says.
    pub(crate) fn read(body: &str) -> Self {
        let body: Value = serde_json::from_str(body).expect("a CloudEvent");
        let published: Self = serde_json::from_value(body.clone()).expect("a CloudEvent");
        schema::check_published(&published.kind, &published.data);
        Self { body, ..published }
    }

    /// The same event, to be delivered: services hear their own.
    pub fn to_deliver(&self) -> Event {
        Event(self.body.clone())
    }
}
