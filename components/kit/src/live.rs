//! The live channel: what is told to people who wait, the moment it is committed.
//!
//! A handler answers with [`Live::hold`] and is done: the host keeps the connection, as server-sent events, a WebSocket or a
//! long poll, whichever the client asks for. A transaction tells a channel by [`Transaction::announce`]; nobody hears of it
//! unless that commits. A message is a hint: who was away for long, or too slow, is told to `reset`, and reads the resource
//! itself.

use std::{convert::Infallible, fmt::Write as _};

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{host::types, ids, sql::Transaction};

/// The kind by which the host tells a message from an event.
pub const KIND: &str = "lyceum.live.Message.v1";
/// What the messages' aggregate type is.
const CHANNEL: &str = "live-channel";
/// The longest message, as JSON, in bytes.
const MAX_BYTES: usize = 64 << 10;
const HOLD: HeaderName = HeaderName::from_static("grip-hold");
const CHANNELS: HeaderName = HeaderName::from_static("grip-channel");
const TIMEOUT: HeaderName = HeaderName::from_static("grip-timeout");
/// The client's preferences (RFC 7240).
const PREFER: &str = "prefer";

/// What a channel is told. Its JSON is the data.
pub trait Message: Serialize {
    /// By which clients know it: letters, digits, `-`, `_` and `.`; at most 64.
    const EVENT: &'static str;
}

/// A channel of this service. No other service can tell it anything or let anybody listen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Channel(String);

impl Channel {
    /// The channel of something, such as the `inbox` of a user id. Who may listen, the handler that holds it decides.
    pub fn of(name: &str, key: impl std::fmt::Display) -> Self {
        let mut channel = String::new();
        for byte in format!("{name}/{key}").bytes() {
            if byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte) {
                channel.push(char::from(byte));
            } else {
                // Writing to a string can't fail.
                let _ = write!(channel, "%{byte:02X}");
            }
        }
        Self(channel)
    }

    /// Its name within the service.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// How the client waits: an extractor. `Prefer: wait=25` asks for a long poll of at most so many seconds, everything else for
/// a stream.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    wait: Option<u16>,
}

impl<S: Sync> FromRequestParts<S> for Live {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let preferences = parts.headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        let mut preferences = preferences.flat_map(|value| value.split(','));
        let wait = preferences.find_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"').parse().ok())?
        });
        Ok(Self { wait })
    }
}

impl Live {
    /// The answer that the host holds, to be told what these channels are told. Rights are looked at when the handler runs:
    /// the host ends a stream with its caller's token, and after an hour, so that the handler runs again.
    pub fn hold(self, channels: &[Channel]) -> Response {
        let mut response = StatusCode::OK.into_response();
        let headers = response.headers_mut();
        let (way, kind) = match self.wait {
            Some(_) => ("response", "application/json"),
            None => ("stream", "text/event-stream"),
        };
        headers.insert(HOLD, HeaderValue::from_static(way));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(wait) = self.wait {
            headers.insert(TIMEOUT, HeaderValue::from(wait));
        }
        for channel in channels {
            if let Ok(name) = HeaderValue::from_str(channel.name()) {
                headers.append(CHANNELS, name);
            }
        }
        response
    }
}

#[derive(Serialize)]
struct Told<'a> {
    event: &'static str,
    data: &'a RawValue,
}

impl<E> Transaction<E> {
    /// Tells a channel if, and only if, the transaction commits. At most 64 KiB, as JSON.
    pub fn announce<M: Message>(self, channel: &Channel, message: &M) -> Self {
        match told(message) {
            Ok(data) => self.with_event(types::Event {
                id: ids::new().to_string(),
                kind: KIND.to_owned(),
                aggregate_type: CHANNEL.to_owned(),
                aggregate_id: channel.name().to_owned(),
                data,
            }),
            Err(reason) => self.unserializable(reason),
        }
    }
}

fn told<M: Message>(message: &M) -> Result<String, String> {
    let data = serde_json::value::to_raw_value(message).map_err(|error| error.to_string())?;
    if data.get().len() > MAX_BYTES {
        return Err(format!("a message to a live channel has more than {MAX_BYTES} bytes"));
    }
    serde_json::to_string(&Told { event: M::EVENT, data: &data }).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::block_on::block_on;

    fn live(prefer: &[&str]) -> Live {
        let mut request = Request::builder();
        for value in prefer {
            request = request.header("prefer", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        block_on(Live::from_request_parts(&mut parts, &())).unwrap().unwrap()
    }

    #[test]
    fn a_client_that_would_wait_gets_a_long_poll_and_any_other_a_stream() {
        for (prefer, wait) in [
            (&[][..], None),
            (&["wait=25"], Some(25)),
            (&["respond-async, Wait = \"5\"; x=y"], Some(5)),
            (&["return=minimal", "wait=0"], Some(0)),
            (&["wait=soon"], None),
            (&["wait"], None),
        ] {
            assert_eq!(live(prefer).wait, wait, "{prefer:?}");
        }
        let channels = [Channel::of("inbox", "u1"), Channel::of("news", "all")];
        let stream = live(&[]).hold(&channels);
        assert_eq!(
            (stream.status(), &stream.headers()[HOLD]),
            (StatusCode::OK, &HeaderValue::from_static("stream"))
        );
        let names: Vec<_> = stream.headers().get_all(CHANNELS).iter().collect();
        assert_eq!(names, ["inbox/u1", "news/all"]);
        let poll = live(&["wait=25"]).hold(&channels);
        assert_eq!(
            (&poll.headers()[HOLD], &poll.headers()[TIMEOUT]),
            (&"response".parse().unwrap(), &"25".parse().unwrap())
        );
    }

    #[test]
    fn whatever_a_channel_is_of_its_name_is_one() {
        assert_eq!(Channel::of("inbox", "a,b; c\r\nä").name(), "inbox/a%2Cb%3B%20c%0D%0A%C3%A4");
        assert_ne!(Channel::of("a", "%2C"), Channel::of("a", ","));
    }

    #[derive(Serialize)]
    struct Text(String);

    impl Message for Text {
        const EVENT: &'static str = "text";
    }

    #[test]
    fn a_message_that_is_too_long_is_not_told() {
        assert_eq!(told(&Text("a".into())).unwrap(), r#"{"event":"text","data":"a"}"#);
        assert!(told(&Text("x".repeat(MAX_BYTES - 2))).is_ok());
        assert!(told(&Text("x".repeat(MAX_BYTES - 1))).is_err());
    }
}
