//! Events as messages.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::Event;
use crate::error::Error;

/// Header values are encoded, since an id may be any text (and NATS headers may not).
const VALUE: &AsciiSet = &CONTROLS.add(b'%').add(b' ');

const ID: &str = "Lyceum-Event-Id";
const KIND: &str = "Lyceum-Event-Kind";
const AGGREGATE_TYPE: &str = "Lyceum-Aggregate-Type";
const AGGREGATE_ID: &str = "Lyceum-Aggregate-Id";
const SEQUENCE: &str = "Lyceum-Sequence";

/// The headers that say what a message's event is about.
pub(super) fn headers(event: &Event) -> HeaderMap {
    let mut headers = HeaderMap::new();
    put(&mut headers, ID, &event.id);
    put(&mut headers, KIND, &event.kind);
    put(&mut headers, AGGREGATE_TYPE, &event.aggregate_type);
    put(&mut headers, AGGREGATE_ID, &event.aggregate_id);
    put(&mut headers, SEQUENCE, &event.sequence.to_string());
    headers
}

/// The same, with the id by which JetStream knows an event that it has already.
pub(super) fn publish_headers(event: &Event) -> HeaderMap {
    let mut headers = headers(event);
    headers.insert(NATS_MESSAGE_ID, encode(&event.id).as_str());
    headers
}

/// The event of a message.
pub(super) fn event(headers: Option<&HeaderMap>, payload: Bytes, subject: &str) -> Result<Event, Error> {
    let foreign = || Error::Storage(format!("{subject} holds a message that is no event of Lyceum's"));
    let headers = headers.ok_or_else(foreign)?;
    let text = |name| get(headers, name).ok_or_else(foreign);
    Ok(Event {
        id: text(ID)?,
        kind: text(KIND)?,
        aggregate_type: text(AGGREGATE_TYPE)?,
        aggregate_id: text(AGGREGATE_ID)?,
        sequence: text(SEQUENCE)?.parse().map_err(|_| foreign())?,
        body: payload,
    })
}

/// Sets a header to any text.
pub(super) fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    headers.insert(name, encode(value).as_str());
}

/// A header's text.
pub(super) fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_str();
    percent_decode_str(value).decode_utf8().ok().map(Into::into)
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, VALUE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_with_any_text_comes_back_as_it_was() {
        let event_in = Event {
            id: "a\r\nb %20".into(),
            kind: "ä.b".into(),
            aggregate_type: " leading".into(),
            aggregate_id: "100%".into(),
            sequence: u64::MAX,
            body: Bytes::from_static(b"{}"),
        };
        let headers = publish_headers(&event_in);
        assert_eq!(event(Some(&headers), event_in.body.clone(), "s"), Ok(event_in));
        assert!(event(None, Bytes::new(), "s").is_err());
    }
}
