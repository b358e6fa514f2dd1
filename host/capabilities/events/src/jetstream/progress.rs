//! A consumer's progress in one partition, as it stands on the server.

use std::collections::BTreeMap;

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use serde::{Deserialize, Serialize};

use super::names::place;
use super::server::Server;
use crate::backup::{ConsumerProgress, LaneProgress};
use crate::delivery::{Aggregate, Cursor, Progress, Update};
use crate::error::Error;
use crate::starts::Starts;

/// Of an error's text so much is kept with an aggregate that waits.
const ERROR_CHARACTERS: usize = 100;

/// The whole of it; written as one message, so all of it changes or nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) consumer: String,
    /// Which host delivers; none when it left in order.
    pub(super) host: Option<String>,
    /// Differs for every time that a host took the partition over.
    pub(super) claim: String,
    pub(super) floor: i64,
    /// Whether it was left with everything written.
    pub(super) clean: bool,
    pub(super) blocked: Vec<Entry>,
    /// Where the consumer began with each of its kinds; none if a version wrote it that didn't keep that.
    #[serde(default)]
    pub(super) starts: Option<Starts>,
}

/// A [`Cursor`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: String,
    pub(super) finished: i64,
    pub(super) attempts: u32,
    pub(super) due_at: i64,
    pub(super) error: String,
}

impl Record {
    /// Of a consumer that has had nothing yet.
    pub(super) fn begun(consumer: &str) -> Self {
        Self { consumer: consumer.to_owned(), clean: true, starts: Some(Starts::new()), ..Self::default() }
    }

    /// What a driver begins with; the newest event is at about `head`.
    pub(super) fn progress(&self, head: i64) -> Progress {
        let cursor = |entry: &Entry| Cursor {
            aggregate: Aggregate {
                kind: entry.aggregate_type.as_str().into(),
                id: entry.aggregate_id.as_str().into(),
            },
            finished: entry.finished,
            attempts: entry.attempts,
            due_at: entry.due_at,
            error: entry.error.clone(),
        };
        let cursors = self.blocked.iter().map(cursor).collect();
        let starts = self.starts.clone().unwrap_or_default();
        Progress { floor: self.floor, cursors, clean: self.clean, head, starts }
    }

    /// With what a driver has done since.
    pub(super) fn updated(&self, update: &Update) -> Self {
        type Key = (String, String);
        let key = |aggregate: &Aggregate| (aggregate.kind.to_string(), aggregate.id.to_string());
        let mut blocked: BTreeMap<Key, Entry> = self
            .blocked
            .iter()
            .map(|entry| ((entry.aggregate_type.clone(), entry.aggregate_id.clone()), entry.clone()))
            .collect();
        for aggregate in &update.drained {
            blocked.remove(&key(aggregate));
        }
        for cursor in &update.cursors {
            let (aggregate_type, aggregate_id) = key(&cursor.aggregate);
            let entry = Entry {
                aggregate_type,
                aggregate_id,
                finished: cursor.finished,
                attempts: cursor.attempts,
                due_at: cursor.due_at,
                error: cursor.error.chars().take(ERROR_CHARACTERS).collect(),
            };
            blocked.insert(key(&cursor.aggregate), entry);
        }
        Self {
            floor: update.floor,
            clean: update.clean,
            blocked: blocked.into_values().collect(),
            consumer: self.consumer.clone(),
            host: self.host.clone(),
            claim: self.claim.clone(),
            starts: self.starts.clone(),
        }
    }

    /// What of it is kept in a copy.
    pub(super) fn kept(&self, partition: u8) -> ConsumerProgress {
        let lanes = self.progress(0).cursors.into_iter().map(LaneProgress::from).collect();
        ConsumerProgress {
            consumer: self.consumer.clone(),
            partition: Some(partition),
            floor: self.floor,
            lanes,
            starts: self.starts.clone(),
        }
    }

    /// What a copy kept, of the aggregates in one partition.
    pub(super) fn restored(of: &ConsumerProgress, partition: u8) -> Self {
        let own = of.lanes.iter().filter(|lane| place(&lane.aggregate_id).0 == partition);
        let entry = |lane: &LaneProgress| Entry {
            aggregate_type: lane.aggregate_type.clone(),
            aggregate_id: lane.aggregate_id.clone(),
            finished: lane.finished,
            attempts: lane.attempts,
            due_at: lane.due_at,
            error: lane.error.chars().take(ERROR_CHARACTERS).collect(),
        };
        Self {
            consumer: of.consumer.clone(),
            floor: of.floor,
            blocked: own.map(entry).collect(),
            starts: of.starts.clone(),
            ..Self::default()
        }
    }

    /// Up to where an aggregate is finished.
    pub(super) fn finished(&self, aggregate_type: &str, aggregate_id: &str) -> i64 {
        let own = self
            .blocked
            .iter()
            .find(|entry| entry.aggregate_type == aggregate_type && entry.aggregate_id == aggregate_id);
        own.map_or(self.floor, |entry| entry.finished)
    }
}

/// Why a record was not written.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// Another one stands there.
    Changed,
    Failed(Error),
}

impl Server {
    /// A record and its revision; revision 0 means that there is none.
    pub(super) async fn read_progress(&self, subject: &str) -> Result<(Option<Record>, u64), Error> {
        let stream = self.stream(&self.names.progress).await?;
        match stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => {
                let damaged =
                    |error| Error::Storage(format!("the progress at {subject} is damaged: {error}"));
                let record = serde_json::from_slice(&message.payload).map_err(damaged)?;
                Ok((Some(record), message.sequence))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok((None, 0)),
            Err(error) => Err(Error::storage(&error)),
        }
    }

    /// Writes a record over the one with this revision, and returns its own.
    pub(super) async fn write_progress(
        &self,
        subject: &str,
        record: &Record,
        revision: u64,
    ) -> Result<u64, NotWritten> {
        let payload = serde_json::to_vec(record)
            .map_err(|error| NotWritten::Failed(Error::Storage(error.to_string())))?;
        let message =
            PublishMessage::build().expected_last_subject_sequence(revision).payload(payload.into());
        let failed = |error: async_nats::jetstream::context::PublishError| match error.kind() {
            PublishErrorKind::WrongLastSequence => NotWritten::Changed,
            _ => NotWritten::Failed(Error::storage(&error)),
        };
        let sent = self.jetstream.send_publish(subject.to_owned(), message).await.map_err(failed)?;
        Ok(sent.await.map_err(failed)?.sequence)
    }

    /// Takes a host's name out of the record, if it is in there. With `fence` the record is written anew in any case, so that
    /// what was written over its last revision and is still on its way comes to nothing.
    pub(super) async fn release_progress(
        &self,
        subject: &str,
        consumer: &str,
        host: &str,
        fence: bool,
    ) -> Result<(), NotWritten> {
        let (found, revision) = self.read_progress(subject).await.map_err(NotWritten::Failed)?;
        let is_own = found.as_ref().is_some_and(|found| found.host.as_deref() == Some(host));
        if !is_own && !fence {
            return Ok(());
        }
        let mut record = found.unwrap_or_else(|| Record::begun(consumer));
        if is_own {
            record.host = None;
        }
        self.write_progress(subject, &record, revision).await.map(|_| ())
    }
}
