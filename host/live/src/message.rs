//! What is told to a channel.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::position::Position;
use crate::sse_event::event_text;

/// The longest name of an event, in bytes.
const LONGEST_NAME: usize = 64;

/// A message to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique for ever: one that comes again is passed over.
    pub id: String,
    /// The service whose channel it is.
    pub service: String,
    /// The channel's name within the service.
    pub channel: String,
    /// What kind of message it is, for the client.
    pub event: String,
    /// JSON.
    pub data: String,
}

/// The outbox's form: a CloudEvent whose subject is the channel.
#[derive(Deserialize)]
struct CloudEvent {
    id: String,
    source: String,
    subject: String,
    data: Told,
}

#[derive(Deserialize)]
struct Told {
    event: String,
    data: Box<RawValue>,
}

impl Message {
    /// Reads what a service committed. None if it is no message to a channel, which no service of ours commits.
    pub fn of_cloud_event(body: &[u8]) -> Option<Self> {
        let CloudEvent { id, source, subject, data } = serde_json::from_slice(body).ok()?;
        let service = source.strip_prefix("/services/")?.to_owned();
        let Told { event, data } = data;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if event.is_empty() || event.len() > LONGEST_NAME || !event.bytes().all(plain) {
            return None;
        }
        Some(Self { id, service, channel: subject, event, data: data.get().to_owned() })
    }
}

/// A message with its place, in the forms in which it is sent.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) position: Position,
    pub(crate) message: Message,
    /// As a server-sent event.
    pub(crate) event: Bytes,
}

impl Kept {
    pub(crate) fn new(position: Position, message: Message) -> Arc<Self> {
        let event = event_text(position, Some(&message.event), &message.data);
        Arc::new(Self { position, message, event })
    }

    /// How much memory it takes, about.
    pub(crate) fn size(&self) -> usize {
        let Message { id, service, channel, event, data } = &self.message;
        256 + id.len() + service.len() + channel.len() + event.len() + data.len() + self.event.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_committed_message_belongs_to_the_service_that_the_host_named() {
        let body =
            br#"{"specversion":"1.0","id":"e1","type":"lyceum.live.Message.v1","source":"/services/notes",
            "subject":"inbox/u1","data":{"event":"came","data":{"a":[1]}}}"#;
        let message = Message::of_cloud_event(body).unwrap();
        assert_eq!((message.service.as_str(), message.channel.as_str()), ("notes", "inbox/u1"));
        assert_eq!((message.event.as_str(), message.data.as_str()), ("came", r#"{"a":[1]}"#));
    }

    #[test]
    fn an_event_name_with_a_line_break_is_refused() {
        for event in ["", "a b", "a\\nid: 1", "a:b", &"x".repeat(65)] {
            let body = format!(
                r#"{{"id":"e1","source":"/services/notes","subject":"c","data":{{"event":"{event}","data":1}}}}"#
            );
            assert_eq!(Message::of_cloud_event(body.as_bytes()), None, "{event}");
        }
    }
}
