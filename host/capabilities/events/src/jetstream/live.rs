//! Messages to live channels, on a stream of their own that keeps them for two minutes. Every host reads all of it, and
//! what it counts is the same for all: whoever comes back to another host is known there.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use tokio::time::sleep;

use super::message;
use super::server::Server;
use super::tail::Tail;
use crate::error::Error;
use crate::live::LiveListener;
use crate::{Event, PublishError};

/// How long a message is kept for hosts that were cut off, and for clients that come back.
pub(super) const KEPT: Duration = Duration::from_mins(2);
/// Messages that are read at once.
const SLICE: usize = 512;
/// Between attempts to read.
const RETRY: Duration = Duration::from_millis(250);

impl Server {
    /// Tells every host; returns once the server has them.
    pub(super) async fn tell(&self, messages: Vec<Event>) -> Result<(), PublishError> {
        let failed = |error: &async_nats::jetstream::context::PublishError| {
            PublishError(Error::storage(error).to_string())
        };
        let mut acknowledged = Vec::with_capacity(messages.len());
        for event in messages {
            let message =
                PublishMessage::build().headers(message::publish_headers(&event)).payload(event.body);
            let sent = self.jetstream.send_publish(self.names.live_message.clone(), message).await;
            acknowledged.push(sent.map_err(|error| failed(&error))?);
        }
        for acknowledgement in acknowledged {
            acknowledgement.await.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// The stream's epoch and the position before the first message that it still has. A stream that was made anew counts
    /// anew.
    async fn live_begins(&self) -> Result<(u64, i64), Error> {
        let stream = self.jetstream.get_stream(&self.names.live).await;
        let stream = stream.map_err(|error| Error::storage(&error))?;
        let info = stream.cached_info();
        let epoch = u64::try_from(info.created.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        let first = i64::try_from(info.state.first_sequence).unwrap_or(i64::MAX);
        Ok((epoch, first.saturating_sub(1).max(0)))
    }
}

/// Reads until the task is ended.
pub(super) async fn run(server: Arc<Server>, listener: Arc<dyn LiveListener>) {
    server.prepared().await;
    let mut at = None;
    let mut told = String::new();
    loop {
        let Err(error) = read(&server, &*listener, &mut at).await;
        let error = error.to_string();
        if error != told {
            tracing::warn!(error, "messages to live channels can't be read at present");
        }
        told = error;
        sleep(RETRY).await;
    }
}

/// Reads from where it was, if the stream still has all since then, else from the beginning.
async fn read(
    server: &Arc<Server>,
    listener: &dyn LiveListener,
    at: &mut Option<(u64, i64)>,
) -> Result<std::convert::Infallible, Error> {
    let (epoch, begins) = server.live_begins().await?;
    let (_, mut position) = match *at {
        Some((known, position)) if known == epoch && position >= begins => (known, position),
        _ => {
            listener.begin(epoch, number(begins));
            *at.insert((epoch, begins))
        }
    };
    let subjects = vec![server.names.live_message.clone()];
    let mut tail = Tail::of(Arc::clone(server), &server.names.live, subjects, Arc::new(AtomicI64::default()));
    loop {
        let slice = tail.next(position, SLICE).await?;
        for logged in slice.events {
            // Numbers have no gaps: what is missing has been forgotten meanwhile.
            if logged.position > position + 1 {
                listener.begin(epoch, number(logged.position - 1));
            }
            position = logged.position;
            listener.hear(epoch, number(position), logged.event);
        }
        position = position.max(slice.through);
        *at = Some((epoch, position));
    }
}

fn number(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}
