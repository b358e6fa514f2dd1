//! Putting a copy of the log in its place.

use std::collections::HashSet;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use futures::future::try_join_all;

use super::dead_letters::Letter;
use super::message;
use super::names::PARTITIONS;
use super::progress::{NotWritten, Record};
use super::server::Server;
use crate::backup::ConsumerProgress;
use crate::clock::micros;
use crate::delivery::Logged;
use crate::error::Error;
use crate::{DeadLetter, EventRecord};

/// How long the servers may take to answer at all.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Messages on their way at once.
const WAVE: usize = 256;

/// The streams of an application.
pub(crate) struct JetStreamTarget {
    server: Arc<Server>,
    /// The position of the next message.
    next: u64,
    /// Ids that the server was told to recognise.
    recognised: HashSet<String>,
}

impl JetStreamTarget {
    pub(crate) async fn open(url: &str, application: &str) -> Result<Self, Error> {
        let server = Server::connect(url, application).await?;
        server.ping(TIMEOUT).await?;
        Ok(Self { server, next: 1, recognised: HashSet::new() })
    }

    /// Even an empty stream counts: its positions begin where it was left.
    pub(crate) async fn occupied(&self) -> Result<Option<String>, Error> {
        let found = self.server.streams().await?;
        let several = if found.len() == 1 { "the stream" } else { "the streams" };
        Ok((!found.is_empty()).then(|| format!("{several} {}", found.join(", "))))
    }

    pub(crate) async fn begin(&mut self, first: i64) -> Result<(), Error> {
        self.next = u64::try_from(first).unwrap_or_default().max(1);
        self.server.make_streams_from(first).await
    }

    pub(crate) async fn append(&mut self, events: Vec<(EventRecord, bool)>) -> Result<(), Error> {
        let mut wave = Vec::with_capacity(WAVE);
        for (record, waits) in events {
            let position = u64::try_from(record.position).unwrap_or_default();
            if position > self.next {
                self.send(std::mem::take(&mut wave)).await?;
                self.skip_to(position).await?;
            }
            let event = record.event;
            // Its id would be taken once only, though the log may hold it twice.
            let recognise = waits && self.recognised.insert(event.id.clone());
            let headers = if recognise { message::publish_headers(&event) } else { message::headers(&event) };
            let subject = self.server.names.event(&event.kind, &event.aggregate_id);
            let message = PublishMessage::build()
                .headers(headers)
                .expected_last_sequence(self.next - 1)
                .payload(event.body);
            wave.push((subject, message));
            self.next += 1;
            if wave.len() >= WAVE {
                self.send(std::mem::take(&mut wave)).await?;
            }
        }
        self.send(wave).await
    }

    async fn send(&self, wave: Vec<(String, PublishMessage)>) -> Result<(), Error> {
        let mut acknowledged = Vec::with_capacity(wave.len());
        for (subject, message) in wave {
            let sent = self.server.jetstream.send_publish(subject, message).await;
            acknowledged.push(sent.map_err(|error| Error::storage(&error))?.into_future());
        }
        try_join_all(acknowledged).await.map_err(|error| Error::storage(&error))?;
        Ok(())
    }

    /// Where there is no event any more, there is nothing: a message holds the place and is removed.
    async fn skip_to(&mut self, position: u64) -> Result<(), Error> {
        let stream = self.server.stream(&self.server.names.events).await?;
        let subject = self.server.names.event("lyceum.restore.gap", "gap");
        while self.next < position {
            let until = position.min(self.next + WAVE as u64);
            let message = |next: u64| {
                let message = PublishMessage::build().expected_last_sequence(next - 1).payload("".into());
                (subject.clone(), message)
            };
            self.send((self.next..until).map(message).collect()).await?;
            for place in self.next..until {
                stream.delete_message(place).await.map_err(|error| Error::storage(&error))?;
            }
            self.next = until;
        }
        Ok(())
    }

    pub(crate) async fn finish(
        mut self,
        through: i64,
        progress: Vec<ConsumerProgress>,
        letters: Vec<DeadLetter>,
    ) -> Result<(), Error> {
        self.skip_to(u64::try_from(through).unwrap_or_default() + 1).await?;
        for letter in letters {
            let DeadLetter { consumer, attempts, error, died_at, replaying, record } = letter;
            let logged = Logged {
                position: record.position,
                published_at: micros(record.published_at),
                event: record.event,
            };
            let replay_at = replaying.then_some(0);
            let letter = Letter { consumer, logged, attempts, error, died_at: micros(died_at), replay_at };
            self.server.bury(&letter).await?;
        }
        for of in &progress {
            let partitions = of.partition.map_or(0..PARTITIONS, |partition| partition..partition + 1);
            for partition in partitions {
                let subject = self.server.names.progress_of(&of.consumer, partition);
                let written = self.server.write_progress(&subject, &Record::restored(of, partition), 0).await;
                written.map_err(|not| match not {
                    NotWritten::Changed => Error::Superseded,
                    NotWritten::Failed(error) => error,
                })?;
            }
        }
        Ok(())
    }
}
