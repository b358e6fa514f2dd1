//! What live channels are told.

use lyceum_kit::live;
use serde::Deserialize;
use serde_json::Value;

/// A message to a live channel, as it was committed.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The channel, such as `inbox/<user id>`.
    pub channel: String,
    /// By which clients know it.
    pub event: String,
    /// What it says.
    pub data: Value,
}

#[derive(Deserialize)]
struct CloudEvent {
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    data: Value,
}

impl Announced {
    fn of(body: &str) -> CloudEvent {
        serde_json::from_str(body).expect("a CloudEvent")
    }

    /// Whether this is no event, but such a message.
    pub(crate) fn is(body: &str) -> bool {
        Self::of(body).kind == live::KIND
    }

    pub(crate) fn read(body: &str) -> Self {
        let CloudEvent { subject, mut data, .. } = Self::of(body);
        let event = data["event"].as_str().expect("a message's event").to_owned();
        Self { channel: subject, event, data: data["data"].take() }
    }
}
