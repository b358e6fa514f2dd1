//! The end of the log, as one consumer's partition sees it: waits for new events.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{Consumer, pull};
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;

use super::message;
use super::reading::Range;
use super::server::Server;
use crate::delivery::{Logged, Slice};
use crate::error::Error;

/// Messages asked for at once.
const BATCH: usize = 512;
/// How long the server holds a request for messages when there are none.
const EXPIRES: Duration = Duration::from_secs(20);

/// Reads wanted events in order, without a gap.
pub(super) struct Tail {
    server: Arc<Server>,
    stream: String,
    subjects: Vec<String>,
    connections: watch::Receiver<u64>,
    reader: Option<Reader>,
    /// About the position of the newest wanted event.
    head: Arc<AtomicI64>,
}

struct Reader {
    consumer: Consumer<pull::Config>,
    batch: Option<pull::Batch>,
    /// Everything up to here was read.
    position: i64,
    /// How many messages this consumer has given. JetStream counts, too, so a lost one is noticed.
    given: u64,
}

impl Tail {
    pub(super) fn new(server: Arc<Server>, subjects: Vec<String>, head: Arc<AtomicI64>) -> Self {
        let stream = server.names.events.clone();
        Self::of(server, &stream, subjects, head)
    }

    /// Of another stream than the log.
    pub(super) fn of(server: Arc<Server>, stream: &str, subjects: Vec<String>, head: Arc<AtomicI64>) -> Self {
        let connections = server.connections.subscribe();
        Self { server, stream: stream.to_owned(), subjects, connections, reader: None, head }
    }

    /// Waits for events after `after`, and returns what is there, at most `limit`.
    pub(super) async fn next(&mut self, after: i64, limit: usize) -> Result<Slice, Error> {
        loop {
            if self.connections.has_changed().unwrap_or_default() {
                // The server may have forgotten the reader, or what it sent may be lost.
                self.connections.mark_unchanged();
                self.reader = None;
            }
            let mut reader = match self.reader.take() {
                Some(reader) if reader.position == after => reader,
                _ => self.open(after).await?,
            };
            let slice = tokio::select! {
                slice = reader.next(limit, &self.head) => slice,
                _ = self.connections.changed() => continue,
            };
            match slice {
                Ok(Some(slice)) => {
                    self.reader = Some(reader);
                    return Ok(slice);
                }
                // Nothing came for a while.
                Ok(None) => self.reader = Some(reader),
                Err(error) => return Err(error),
            }
        }
    }

    async fn open(&mut self, after: i64) -> Result<Reader, Error> {
        self.connections.mark_unchanged();
        let consumer = self.server.reader(&self.stream, self.subjects.clone(), Range::After(after)).await?;
        let waiting = i64::try_from(consumer.cached_info().num_pending).unwrap_or(i64::MAX);
        self.head.store(after.saturating_add(waiting), Ordering::Relaxed);
        Ok(Reader { consumer, batch: None, position: after, given: 0 })
    }
}

impl Reader {
    /// `None` when nothing came and the server has to be asked again.
    async fn next(&mut self, limit: usize, head: &AtomicI64) -> Result<Option<Slice>, Error> {
        let Some(first) = self.wait().await? else { return Ok(None) };
        let mut events = vec![self.take(&first, head)?];
        while events.len() < limit
            && let Some(batch) = self.batch.as_mut()
            && let Some(Some(message)) = batch.next().now_or_never()
        {
            let message = message.map_err(|error| Error::Storage(error.to_string()))?;
            events.push(self.take(&message, head)?);
        }
        Ok(Some(Slice { events, through: self.position }))
    }

    async fn wait(&mut self) -> Result<Option<Message>, Error> {
        let mut batch = if let Some(batch) = self.batch.take() {
            batch
        } else {
            let batch = self.consumer.batch().max_messages(BATCH).expires(EXPIRES);
            batch.messages().await.map_err(|error| Error::storage(&error))?
        };
        match batch.next().await {
            Some(Ok(message)) => {
                self.batch = Some(batch);
                Ok(Some(message))
            }
            Some(Err(error)) => Err(Error::Storage(error.to_string())),
            None => Ok(None),
        }
    }

    fn take(&mut self, message: &Message, head: &AtomicI64) -> Result<Logged, Error> {
        let info = message.info().map_err(|error| Error::Storage(error.to_string()))?;
        if info.consumer_sequence != self.given + 1 {
            return Err(Error::Storage("an event was lost on the way; it is read again".into()));
        }
        self.given = info.consumer_sequence;
        self.position = i64::try_from(info.stream_sequence).unwrap_or(i64::MAX);
        let waiting = i64::try_from(info.pending).unwrap_or(i64::MAX);
        head.store(self.position.saturating_add(waiting), Ordering::Relaxed);
        Ok(Logged {
            position: self.position,
            published_at: micros(info.published.unix_timestamp_nanos()),
            event: message::event(message.headers.as_ref(), message.payload.clone(), &message.subject)?,
        })
    }
}

/// Microseconds of nanoseconds.
pub(super) fn micros(nanoseconds: i128) -> i64 {
    i64::try_from(nanoseconds / 1000).unwrap_or_default()
}
