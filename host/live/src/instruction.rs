//! What a service says of how its answer is to be held (GRIP, <https://pushpin.org/docs/protocols/grip/>).
//!
//! Of GRIP this is known: `Grip-Hold: stream` and `response`, `Grip-Channel` (several, without parameters of their own),
//! `Grip-Timeout` and the `timeout` of `Grip-Keep-Alive`, both in seconds. Of our own is `Grip-Answer: event`: a long poll is
//! answered with the last message's data alone, and with 204 if there is none. Who answers for the channels, and for whom the
//! stream is, comes from the gateway in `Lyceum-Live: notes; until=1800000000; caller=...; session=auth/...`,
//! whose session ends when that service says so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{HeaderMap, HeaderName};

use crate::sessions::Session;

/// What every header of GRIP begins with.
const GRIP: &str = "grip-";
const HOLD: &str = "grip-hold";
const CHANNEL: &str = "grip-channel";
const TIMEOUT: &str = "grip-timeout";
const KEEP_ALIVE: &str = "grip-keep-alive";
const ANSWER: &str = "grip-answer";
/// What the gateway says.
const LIVE: &str = "lyceum-live";
/// Channels of one stream.
const MOST_CHANNELS: usize = 16;
/// The longest name of a channel, in bytes.
const LONGEST_NAME: usize = 255;
/// How long a long poll may wait. Proxies seldom wait for a minute.
const LONGEST_POLL: Duration = Duration::from_secs(55);
/// The default of GRIP.
const POLL: Duration = LONGEST_POLL;
const KEEP_ALIVES: [Duration; 2] = [Duration::from_secs(1), Duration::from_mins(2)];

/// How an answer is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It goes on with every message: server-sent events, or a WebSocket.
    Stream,
    /// It is given with the first message.
    Response,
}

/// An instruction to hold an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// How.
    pub way: Way,
    /// Whose channels they are, if the gateway says so.
    pub service: Option<String>,
    /// The channels, by their names within the service; one at least.
    pub channels: Vec<String>,
    /// How long a long poll waits.
    pub timeout: Duration,
    /// Whether it is answered with the data of the last message alone.
    pub bare: bool,
    /// How often something is sent where nothing happens, if the service says so.
    pub keep_alive: Option<Duration>,
    /// Until when the caller's rights are known.
    pub until: Option<SystemTime>,
    /// Who the caller is.
    pub caller: Option<String>,
    /// The caller's session.
    pub session: Option<Session>,
}

/// An instruction that can't be followed, which is the service's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it answered with a {0} that can't be followed")]
pub struct Unusable(&'static str);

impl Instruction {
    /// Takes the instruction, if there is one, out of an answer's headers. Nothing of it is left for the client.
    ///
    /// # Errors
    /// [`Unusable`] says which header is wrong.
    pub fn take(headers: &mut HeaderMap) -> Result<Option<Self>, Unusable> {
        let names: Vec<HeaderName> = headers
            .keys()
            .filter(|name| name.as_str().starts_with(GRIP) || name.as_str() == LIVE)
            .cloned()
            .collect();
        if names.is_empty() {
            return Ok(None);
        }
        let instruction = Self::read(headers);
        for name in names {
            headers.remove(name);
        }
        instruction
    }

    fn read(headers: &HeaderMap) -> Result<Option<Self>, Unusable> {
        let way = match text(headers, HOLD)? {
            None => return Ok(None),
            Some("stream") => Way::Stream,
            Some("response") => Way::Response,
            Some(_) => return Err(Unusable("Grip-Hold")),
        };
        let timeout = match text(headers, TIMEOUT)? {
            None => POLL,
            Some(seconds) => self::seconds(seconds).ok_or(Unusable("Grip-Timeout"))?.min(LONGEST_POLL),
        };
        let bare = match text(headers, ANSWER)? {
            None => false,
            Some("event") => true,
            Some(_) => return Err(Unusable("Grip-Answer")),
        };
        let keep_alive = match text(headers, KEEP_ALIVE)? {
            None => None,
            Some(value) => {
                let timeout = parameter(value, "timeout").and_then(seconds);
                let [shortest, longest] = KEEP_ALIVES;
                Some(timeout.ok_or(Unusable("Grip-Keep-Alive"))?.clamp(shortest, longest))
            }
        };
        let live = text(headers, LIVE)?.unwrap_or_default();
        let service = live.split(';').next().map(str::trim).filter(|service| !service.is_empty());
        let until = match parameter(live, "until") {
            None => None,
            Some(until) => Some(UNIX_EPOCH + seconds(until).ok_or(Unusable("Lyceum-Live"))?),
        };
        Ok(Some(Self {
            way,
            service: service.map(str::to_owned),
            channels: channels(headers)?,
            timeout,
            bare,
            keep_alive,
            until,
            caller: parameter(live, "caller").map(str::to_owned),
            session: parameter(live, "session").map(session).transpose()?,
        }))
    }
}

fn session(text: &str) -> Result<Session, Unusable> {
    let (service, id) = text.split_once('/').ok_or(Unusable("Lyceum-Live"))?;
    Ok(Session { service: service.to_owned(), id: id.to_owned() })
}

fn channels(headers: &HeaderMap) -> Result<Vec<String>, Unusable> {
    let wrong = Unusable("Grip-Channel");
    let mut channels = Vec::new();
    for value in headers.get_all(CHANNEL) {
        for channel in value.to_str().map_err(|_| wrong.clone())?.split(',') {
            let name = channel.split(';').next().unwrap_or_default().trim();
            if name.is_empty()
                || name.len() > LONGEST_NAME
                || !name.bytes().all(|byte| byte.is_ascii_graphic())
            {
                return Err(wrong);
            }
            if !channels.iter().any(|known| known == name) {
                channels.push(name.to_owned());
            }
        }
    }
    if channels.is_empty() || channels.len() > MOST_CHANNELS { Err(wrong) } else { Ok(channels) }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Unusable> {
    let value = headers.get(name).map(|value| value.to_str().map(str::trim));
    value.transpose().map_err(|_| Unusable("header of the live channel"))
}

/// The value of `name=value` among the parameters.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let mut parameters = value.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    parameters.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse::<u32>().ok().map(u64::from).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(entries: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in entries {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn an_answer_without_instructions_is_left_as_it_is() {
        let mut plain = headers(&[("content-type", "text/plain")]);
        assert_eq!(Instruction::take(&mut plain), Ok(None));
        assert_eq!(plain.len(), 1);
    }

    #[test]
    fn an_instruction_is_read_and_nothing_of_it_is_left() {
        let mut held = headers(&[
            ("content-type", "text/event-stream"),
            ("grip-hold", "stream"),
            ("grip-channel", "a, b; prev-id=1"),
            ("grip-channel", "c"),
            ("grip-channel", "a"),
            ("grip-keep-alive", "\\n; format=cstring; timeout=30"),
            ("grip-anything", "1"),
            ("lyceum-live", "notes; until=1800000000; caller=u1; session=auth/s1"),
        ]);
        let instruction = Instruction::take(&mut held).unwrap().unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!(
            instruction,
            Instruction {
                way: Way::Stream,
                service: Some("notes".into()),
                channels: vec!["a".into(), "b".into(), "c".into()],
                timeout: POLL,
                bare: false,
                keep_alive: Some(Duration::from_secs(30)),
                until: Some(UNIX_EPOCH + Duration::from_hours(500_000)),
                caller: Some("u1".into()),
                session: Some(Session { service: "auth".into(), id: "s1".into() }),
            }
        );
    }

    #[test]
    fn channels_without_a_hold_are_no_instruction_and_go_no_further() {
        let mut stray = headers(&[("grip-channel", "a"), ("lyceum-live", "notes")]);
        assert_eq!(Instruction::take(&mut stray), Ok(None));
        assert!(stray.is_empty());
    }

    #[test]
    fn a_long_poll_waits_no_longer_than_proxies_do() {
        let wait = |seconds| {
            let mut headers =
                headers(&[("grip-hold", "response"), ("grip-channel", "a"), ("grip-timeout", seconds)]);
            Instruction::take(&mut headers).unwrap().unwrap().timeout.as_secs()
        };
        assert_eq!((wait("0"), wait("25"), wait("600")), (0, 25, 55));
    }

    #[test]
    fn what_can_not_be_followed_is_the_services_fault_and_goes_no_further() {
        let long: &'static str = "x".repeat(256).leak();
        for wrong in [
            &[("grip-hold", "websocket"), ("grip-channel", "a")][..],
            &[("grip-hold", "stream")],
            &[("grip-hold", "stream"), ("grip-channel", "")],
            &[("grip-hold", "stream"), ("grip-channel", "a b")],
            &[("grip-hold", "stream"), ("grip-channel", long)],
            &[("grip-hold", "stream"), ("grip-channel", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")],
            &[("grip-hold", "response"), ("grip-channel", "a"), ("grip-timeout", "soon")],
            &[("grip-hold", "response"), ("grip-channel", "a"), ("grip-answer", "all")],
            &[("grip-hold", "stream"), ("grip-channel", "a"), ("grip-keep-alive", "x")],
            &[("grip-hold", "stream"), ("grip-channel", "a"), ("lyceum-live", "notes; until=tomorrow")],
            &[("grip-hold", "stream"), ("grip-channel", "a"), ("lyceum-live", "notes; session=s1")],
        ] {
            let mut headers = headers(wrong);
            assert!(Instruction::take(&mut headers).is_err(), "{wrong:?}");
            assert!(headers.is_empty(), "{wrong:?}");
        }
    }
}
