//! The log and the dead letters as an operator sees them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_nats::jetstream::Message;
use uuid::Uuid;

use super::dead_letters::Letter;
use super::message;
use super::names::{PARTITIONS, place};
use super::progress::Record;
use super::reading::{Found, Range};
use super::server::Server;
use super::tail::micros;
use crate::backup::ConsumerProgress;
use crate::bus::{Blocked, DeadLetter, EventFilter, EventRecord, Page, letter_cursor, page};
use crate::clock::time;
use crate::error::Error;

/// How long the servers may take to answer at all.
const TIMEOUT: Duration = Duration::from_secs(5);
/// An event is published no earlier than this before the time in its id: clocks differ.
const CLOCKS: Duration = Duration::from_mins(5);

/// Reads the log and marks dead letters, whether or not a host delivers.
pub struct JetStreamLedger {
    pub(super) server: Arc<Server>,
}

impl JetStreamLedger {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server }
    }

    /// Opens the log of an application, as [`super::JetStreamBus::connect`] does.
    ///
    /// # Errors
    /// [`Error::Address`] if the URL can't be used, [`Error::Storage`] if no server answers.
    pub async fn open(url: &str, application: &str) -> Result<Self, Error> {
        let server = Server::connect(url, application).await?;
        server.ping(TIMEOUT).await?;
        Ok(Self { server })
    }

    /// Lists events, oldest first.
    pub async fn events(
        &self,
        filter: &EventFilter,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<EventRecord>, Error> {
        let range = match (cursor, filter.since) {
            (Some(cursor), _) => {
                let after = cursor.parse().map_err(|_| Error::BadCursor(cursor.to_owned()))?;
                Range::After(after)
            }
            (None, Some(since)) => Range::Since(since),
            (None, None) => Range::All,
        };
        let names = &self.server.names;
        let kinds: Vec<String> = filter.kind.iter().cloned().collect();
        let subjects = match &filter.aggregate_id {
            Some(id) => vec![names.aggregate(id, &kinds)],
            None => names.events_of(None, &kinds),
        };
        let mut items = Vec::new();
        self.server
            .read_each(&names.events, subjects, range, |message| {
                let found = record(message)?;
                if is_wanted(&found, filter) {
                    items.push(found);
                }
                // One more than asked for tells whether there is a next page.
                Ok(if items.len() > limit { Found::Enough } else { Found::More })
            })
            .await?;
        Ok(page(items, limit, |record| record.position.to_string()))
    }

    /// The event with this id and the consumers whose dead letter it is.
    pub async fn show(&self, id: &str) -> Result<Option<(EventRecord, Vec<DeadLetter>)>, Error> {
        let Some(found) = self.find(id).await? else { return Ok(None) };
        let (partition, _) = place(&found.event.aggregate_id);
        let letters = self.server.dead_letters(None, Some(partition)).await?;
        let own = letters.into_iter().filter(|letter| letter.logged.event.id == id);
        Ok(Some((found, own.map(dead_letter).collect())))
    }

    /// Lists dead letters by consumer, oldest event first.
    pub async fn dead_letters(
        &self,
        consumer: Option<&str>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<DeadLetter>, Error> {
        let after = match cursor {
            None => (String::new(), 0),
            Some(cursor) => letter_cursor(cursor).ok_or_else(|| Error::BadCursor(cursor.to_owned()))?,
        };
        let letters = self.server.dead_letters(consumer, None).await?;
        let rest = letters.into_iter().filter(|letter| {
            (letter.consumer.as_str(), letter.logged.position) > (after.0.as_str(), after.1)
        });
        let items = rest.take(limit.saturating_add(1)).map(dead_letter).collect();
        Ok(page(items, limit, |letter| format!("{}:{}", letter.record.position, letter.consumer)))
    }

    /// Lists a consumer's aggregates that are held up by a failing event, the longest tried first.
    pub async fn blocked(&self, consumer: &str, limit: usize) -> Result<Vec<Blocked>, Error> {
        let mut blocked = Vec::new();
        for partition in 0..PARTITIONS {
            let subject = self.server.names.progress_of(consumer, partition);
            let (Some(record), _) = self.server.read_progress(&subject).await? else { continue };
            let failing = record.blocked.into_iter().filter(|entry| !entry.error.is_empty());
            blocked.extend(failing.map(|entry| Blocked {
                consumer: consumer.to_owned(),
                aggregate_type: entry.aggregate_type,
                aggregate_id: entry.aggregate_id,
                attempts: entry.attempts,
                error: entry.error,
                due_at: time(entry.due_at),
            }));
        }
        blocked.sort_by_key(|blocked| std::cmp::Reverse(blocked.attempts));
        blocked.truncate(limit);
        Ok(blocked)
    }

    /// How far each consumer is, one entry a partition.
    pub async fn progress(&self) -> Result<Vec<ConsumerProgress>, Error> {
        let names = &self.server.names;
        let mut found = BTreeMap::new();
        for message in self.server.newest(&names.progress, names.all_progress()).await? {
            let damaged =
                |why: &str| Error::Storage(format!("the progress at {} is damaged: {why}", message.subject));
            let record: Record =
                serde_json::from_slice(&message.payload).map_err(|error| damaged(&error.to_string()))?;
            let partition = message.subject.rsplit('.').next().and_then(|number| number.parse().ok());
            let partition = partition.ok_or_else(|| damaged("it names no partition"))?;
            found.insert((record.consumer.clone(), partition), record.kept(partition));
        }
        Ok(found.into_values().collect())
    }

    /// The position of the newest event; 0 for an empty log.
    pub async fn last_position(&self) -> Result<i64, Error> {
        self.server.last_position().await
    }

    /// Has a dead letter delivered again, with its attempts counted from 1. It stays a dead letter
    /// until it is handled.
    pub async fn replay(&self, consumer: &str, id: &str) -> Result<(), Error> {
        let letter = self.letter(consumer, id).await?;
        self.server.bury(&Letter { attempts: 0, replay_at: Some(0), ..letter }).await?;
        self.tell_of_replays().await
    }

    /// Has every host look for what was asked of it.
    pub(super) async fn tell_of_replays(&self) -> Result<(), Error> {
        let told = self.server.client.publish(self.server.names.replays.clone(), "".into()).await;
        told.map_err(|error| Error::storage(&error))?;
        self.server.client.flush().await.map_err(|error| Error::storage(&error))
    }

    /// Gives a dead letter up for good. The event stays in the log.
    pub async fn drop_dead_letter(&self, consumer: &str, id: &str) -> Result<(), Error> {
        let letter = self.letter(consumer, id).await?;
        self.server.unbury(&letter).await
    }

    async fn letter(&self, consumer: &str, id: &str) -> Result<Letter, Error> {
        let letters = self.server.dead_letters(Some(consumer), None).await?;
        let found = letters.into_iter().find(|letter| letter.logged.event.id == id);
        found.ok_or_else(|| Error::NoSuchDeadLetter { consumer: consumer.to_owned(), event: id.to_owned() })
    }

    /// The log has no index of ids, but Lyceum's own ids tell when they were made.
    async fn find(&self, id: &str) -> Result<Option<EventRecord>, Error> {
        if let Some(since) = made_at(id)
            && let Some(found) = self.find_in(id, Range::Since(since - CLOCKS)).await?
        {
            return Ok(Some(found));
        }
        self.find_in(id, Range::All).await
    }

    async fn find_in(&self, id: &str, range: Range) -> Result<Option<EventRecord>, Error> {
        let names = &self.server.names;
        let mut found = None;
        self.server
            .read_each(&names.events, vec![names.all_events()], range, |message| {
                let record = record(message)?;
                if record.event.id != id {
                    return Ok(Found::More);
                }
                found = Some(record);
                Ok(Found::Enough)
            })
            .await?;
        Ok(found)
    }
}

/// The time in a UUIDv7 (RFC 9562, 5.7).
fn made_at(id: &str) -> Option<SystemTime> {
    let (seconds, nanoseconds) = Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
    Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}

fn record(message: &Message) -> Result<EventRecord, Error> {
    let info = message.info().map_err(|error| Error::Storage(error.to_string()))?;
    Ok(EventRecord {
        position: i64::try_from(info.stream_sequence).unwrap_or(i64::MAX),
        published_at: time(micros(info.published.unix_timestamp_nanos())),
        event: message::event(message.headers.as_ref(), message.payload.clone(), &message.subject)?,
    })
}

fn is_wanted(record: &EventRecord, filter: &EventFilter) -> bool {
    let event = &record.event;
    filter.aggregate_type.as_ref().is_none_or(|wanted| *wanted == event.aggregate_type)
        && filter.aggregate_id.as_ref().is_none_or(|wanted| *wanted == event.aggregate_id)
        && filter.since.is_none_or(|since| record.published_at >= since)
}

fn dead_letter(letter: Letter) -> DeadLetter {
    DeadLetter {
        consumer: letter.consumer,
        attempts: letter.attempts,
        error: letter.error,
        died_at: time(letter.died_at),
        replaying: letter.replay_at.is_some(),
        record: EventRecord {
            position: letter.logged.position,
            published_at: time(letter.logged.published_at),
            event: letter.logged.event,
        },
    }
}
