//! What of a bus is copied beside its events and dead letters, and putting a copy in its place.
//!
//! Reading is the ledgers' work: [`crate::Ledger`] and [`crate::JetStreamLedger`].

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bus::FileTarget;
use crate::delivery::Cursor;
use crate::error::Error;
use crate::jetstream::JetStreamTarget;
use crate::{DeadLetter, EventRecord, Starts};

/// How far a consumer is: every event at or below `floor` is finished, but for the aggregates in `lanes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerProgress {
    /// The consumer's name.
    pub consumer: String,
    /// Which part of its events this is about; all of them if the bus doesn't divide them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<u8>,
    /// A position in the log.
    pub floor: i64,
    /// Aggregates that stand elsewhere.
    pub lanes: Vec<LaneProgress>,
    /// Where it began with each of its kinds; none if a version wrote it that didn't keep that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Starts>,
}

/// How far a consumer is with one aggregate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneProgress {
    /// With `aggregate_id` the aggregate.
    pub aggregate_type: String,
    /// With `aggregate_type` the aggregate.
    pub aggregate_id: String,
    /// All of its events up to this position are finished, none after.
    pub finished: i64,
    /// How often the next event failed.
    pub attempts: u32,
    /// When it is tried again, in microseconds since 1970.
    pub due_at: i64,
    /// Why it failed last.
    pub error: String,
}

impl ConsumerProgress {
    /// Up to where an aggregate is finished.
    pub fn finished(&self, aggregate_type: &str, aggregate_id: &str) -> i64 {
        let own = self
            .lanes
            .iter()
            .find(|lane| lane.aggregate_type == aggregate_type && lane.aggregate_id == aggregate_id);
        own.map_or(self.floor, |lane| lane.finished)
    }
}

impl From<Cursor> for LaneProgress {
    fn from(cursor: Cursor) -> Self {
        Self {
            aggregate_type: cursor.aggregate.kind.to_string(),
            aggregate_id: cursor.aggregate.id.to_string(),
            finished: cursor.finished,
            attempts: cursor.attempts,
            due_at: cursor.due_at,
            error: cursor.error,
        }
    }
}

/// The partition that an aggregate's events are in, on a bus that divides them.
pub fn partition(aggregate_id: &str) -> u8 {
    crate::jetstream::partition(aggregate_id)
}

/// An empty log that a copy is put into.
pub struct LogTarget(Targets);

enum Targets {
    File(Box<FileTarget>),
    JetStream(Box<JetStreamTarget>),
}

impl LogTarget {
    /// The file of a bus inside one process. Nobody can open it before this value ends.
    ///
    /// # Errors
    /// [`Error::InUse`] if a bus has it open.
    pub fn file(path: &Path) -> Result<Self, Error> {
        Ok(Self(Targets::File(Box::new(FileTarget::open(path)?))))
    }

    /// The streams of an application.
    ///
    /// # Errors
    /// [`Error::Address`] if the URL can't be used, [`Error::Storage`] if no server answers.
    pub async fn jetstream(url: &str, application: &str) -> Result<Self, Error> {
        Ok(Self(Targets::JetStream(Box::new(JetStreamTarget::open(url, application).await?))))
    }

    /// What is there already, if anything is.
    ///
    /// # Errors
    /// [`Error::Storage`] if that can't be told.
    pub async fn occupied(&self) -> Result<Option<String>, Error> {
        match &self.0 {
            Targets::File(target) => Ok(target.occupied()),
            Targets::JetStream(target) => target.occupied().await,
        }
    }

    /// Whether progress with partitions can be put here: one that divides its events knows more than one that doesn't.
    pub fn has_partitions(&self) -> bool {
        matches!(self.0, Targets::JetStream(_))
    }

    /// Makes the log, whose first position is `first`.
    ///
    /// # Errors
    /// [`Error::Storage`] if it can't be made.
    pub async fn begin(&mut self, first: i64) -> Result<(), Error> {
        match &mut self.0 {
            Targets::File(target) => target.begin(),
            Targets::JetStream(target) => target.begin(first).await,
        }
    }

    /// Adds events at their positions, which rise from call to call. Those that `waits` holds for are in an outbox as well,
    /// and published again from there: the bus is told to recognise them.
    ///
    /// # Errors
    /// [`Error::Storage`] if they can't be written.
    pub async fn append(&mut self, events: Vec<(EventRecord, bool)>) -> Result<(), Error> {
        match &mut self.0 {
            Targets::File(target) => target.append(&events),
            Targets::JetStream(target) => target.append(events).await,
        }
    }

    /// Adds progress and dead letters, and sees to it that the next event comes after the position `through`.
    ///
    /// # Errors
    /// [`Error::Storage`] if they can't be written.
    pub async fn finish(
        self,
        through: i64,
        progress: Vec<ConsumerProgress>,
        letters: Vec<DeadLetter>,
    ) -> Result<(), Error> {
        match self.0 {
            Targets::File(target) => target.finish(through, &progress, &letters),
            Targets::JetStream(target) => target.finish(through, progress, letters).await,
        }
    }
}
