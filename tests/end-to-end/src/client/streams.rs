//! Streams of server-sent events and long polls, as a client reads them.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, Response};
use serde_json::Value;

use super::{Answer, Person};

/// How long a stream is read at most.
const LONGEST: Duration = Duration::from_mins(3);
/// A person's inbox, as it happens.
pub const INBOX: &str = "/api/v1/notifications/stream";

/// A stream of server-sent events.
#[derive(Debug)]
pub struct Events {
    response: Response,
    came: String,
}

/// One event.
#[derive(Debug)]
pub struct Event {
    /// Where the client is with it, to come back with.
    pub id: String,
    /// Its kind; empty where only the position is told.
    pub name: String,
    /// What it says.
    pub data: String,
}

impl Events {
    /// The stream at this path, from what came after `last`, which is an event's id.
    pub async fn open(person: &Person, path: &str, last: Option<&str>) -> Result<Self> {
        let mut request = person.request(Method::GET, path).header("accept", "text/event-stream");
        request = request.timeout(LONGEST);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await?;
        ensure!(response.status().as_u16() == 200, "{response:?}");
        let kind = response.headers().get("content-type").context("a content type")?;
        ensure!(kind == "text/event-stream", "{response:?}");
        let told =
            response.headers().keys().any(|name| name.as_str().starts_with("grip-") || name == "lyceum-live");
        ensure!(!told, "nothing is told of how it is held: {response:?}");
        Ok(Self { response, came: String::new() })
    }

    /// The next event, or the position where the name is empty; none at the end.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(end) = self.came.find("\n\n") {
                let event: String = self.came.drain(..end + 2).collect();
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    lines.collect::<Vec<_>>().join("\n")
                };
                let event = Event { id: field("id"), name: field("event"), data: field("data") };
                return Ok(Some(event));
            }
            match self.response.chunk().await? {
                Some(part) => self.came.push_str(std::str::from_utf8(&part).context("text")?),
                None => return Ok(None),
            }
        }
    }

    /// The next event with a name.
    pub async fn named(&mut self) -> Result<Event> {
        while let Some(event) = self.next().await? {
            if !event.name.is_empty() {
                return Ok(event);
            }
        }
        bail!("the stream ended")
    }
}

impl Person {
    /// One answer of this path, waited for at most so many seconds.
    pub async fn wait_for(&self, path: &str, seconds: u32, last: Option<&str>) -> Result<Value> {
        let mut request = self.request(Method::GET, path).header("prefer", format!("wait={seconds}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Answer::to(request).await?.expect(200)?.json()
    }

    /// Where the host is now that keeps this stream; none as long as it doesn't hear the event bus.
    pub async fn position(&self, path: &str) -> Result<Option<String>> {
        let answer = self.wait_for(path, 0, None).await?;
        let position = answer.get("last_event_id").and_then(Value::as_str);
        let position = position.with_context(|| format!("{answer}"))?;
        Ok((!position.starts_with("0-")).then(|| position.to_owned()))
    }
}
