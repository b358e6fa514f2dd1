//! Long polls: one answer, with the first message or without any.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::held::{Held, Item, Told};
use crate::position::Position;

/// What a long poll is answered with.
#[derive(Debug)]
pub struct Polled {
    whole: Bytes,
    last: Option<Bytes>,
}

#[derive(Serialize)]
struct Answer<'a> {
    messages: Vec<Line<'a>>,
    reset: bool,
    last_event_id: String,
}

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    event: &'a str,
    data: &'a RawValue,
}

impl Polled {
    fn of(told: &[Told], reset: bool, last: Position) -> Self {
        let line = |told: &Told| -> Option<(String, String, Box<RawValue>)> {
            let message = told.message();
            let data = RawValue::from_string(message.data.clone()).ok()?;
            Some((told.position().to_string(), message.event.clone(), data))
        };
        let lines: Vec<_> = told.iter().filter_map(line).collect();
        let messages = lines.iter().map(|(id, event, data)| Line { id: id.clone(), event, data }).collect();
        let answer = Answer { messages, reset, last_event_id: last.to_string() };
        let last = told.last().map(|told| Bytes::from(told.message().data.clone()));
        Self { whole: serde_json::to_vec(&answer).unwrap_or_default().into(), last }
    }

    /// JSON: `messages`, each with `id`, `event` and `data`; `reset`, whether something before them may be missing; and
    /// `last_event_id`, the position to come back with.
    pub fn into_bytes(self) -> Bytes {
        self.whole
    }

    /// JSON: the data of the last message; nothing if there is none, and whoever asked has to look for themselves.
    pub fn into_last(self) -> Option<Bytes> {
        self.last
    }
}

/// Waits for the first message, and answers with all that there are. At once if there are some already, or if it isn't
/// known what was missed.
pub async fn poll(mut held: Held, timeout: Duration) -> Polled {
    let mut last = Position::default();
    let (mut told, mut reset) = (Vec::new(), false);
    let mut take = |item, last: &mut Position| match item {
        Item::Alive(position) => {
            *last = position;
            false
        }
        Item::Reset(position) => {
            *last = position;
            reset = true;
            true
        }
        Item::Message(message) => {
            *last = message.position();
            told.push(message);
            true
        }
    };
    let first = async {
        while let Some(item) = held.next().await {
            if take(item, &mut last) {
                return;
            }
        }
    };
    // With no time to wait, what is there already is taken all the same.
    drop(tokio::time::timeout(timeout, first).await);
    while let Some(Some(item)) = futures::FutureExt::now_or_never(held.next()) {
        take(item, &mut last);
    }
    Polled::of(&told, reset, last)
}
