//! The servers as a driver's store: one consumer's partition.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_trait::async_trait;
use tokio::sync::Mutex;

use super::dead_letters::Letter;
use super::message;
use super::progress::{NotWritten, Record};
use super::server::Server;
use super::tail::{Tail, micros};
use crate::delivery::{Aggregate, Dead, Logged, Replayed, Slice, Store, Update, Wanted};
use crate::error::Error;

/// Messages looked at in one reading of an aggregate; the rest is read by the next.
const LOOKED_AT: usize = 512;

/// One consumer's partition, claimed by this host.
pub(super) struct PartitionStore {
    pub(super) server: Arc<Server>,
    pub(super) consumer: String,
    pub(super) partition: u8,
    pub(super) kinds: Vec<String>,
    /// Where the progress is kept.
    pub(super) subject: String,
    pub(super) tail: Mutex<Tail>,
    /// What stands on the server, and its revision.
    pub(super) written: Mutex<(Record, u64)>,
    /// Whether there may be replays that were asked for.
    pub(super) replays: Arc<AtomicBool>,
}

#[async_trait]
impl Store for PartitionStore {
    async fn next(&self, after: i64, limit: usize) -> Result<Slice, Error> {
        self.tail.lock().await.next(after, limit).await
    }

    async fn reread(&self, lanes: &Wanted, through: i64) -> Result<Vec<(Aggregate, Slice)>, Error> {
        let mut slices = Vec::with_capacity(lanes.len());
        for (aggregate, after, limit) in lanes {
            slices.push((aggregate.clone(), self.of_aggregate(aggregate, *after, through, *limit).await?));
        }
        Ok(slices)
    }

    async fn replays(&self, now: i64, limit: usize) -> Result<Vec<(Logged, u32)>, Error> {
        if !self.replays.swap(false, Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        let found = match self.check_claim().await {
            Ok(()) => self.server.dead_letters(Some(&self.consumer), Some(self.partition)).await,
            Err(error) => Err(error),
        };
        let asked: Vec<Letter> = match found {
            Ok(letters) => letters.into_iter().filter(|letter| letter.replay_at.is_some()).collect(),
            Err(error) => {
                self.replays.store(true, Ordering::Relaxed);
                return Err(error);
            }
        };
        if !asked.is_empty() {
            self.replays.store(true, Ordering::Relaxed);
        }
        let mut seen = HashSet::new();
        let oldest = asked.into_iter().filter(|letter| seen.insert(Aggregate::of(&letter.logged.event)));
        let due = oldest.filter(|letter| letter.replay_at.is_some_and(|at| at <= now));
        Ok(due.take(limit).map(|letter| (letter.logged, letter.attempts)).collect())
    }

    async fn write(&self, update: &Update) -> Result<(), Error> {
        for dead in &update.dead {
            self.bury(dead).await?;
        }
        for replayed in &update.replayed {
            self.note_replay(replayed).await?;
        }
        let mut written = self.written.lock().await;
        let record = written.0.updated(update);
        let revision = self.put(&record, written.1).await?;
        *written = (record, revision);
        Ok(())
    }
}

impl PartitionStore {
    /// An operator may have rewound the consumer, which a host with nothing to write would not find out.
    async fn check_claim(&self) -> Result<(), Error> {
        let (found, _) = self.server.read_progress(&self.subject).await?;
        let own = &self.written.lock().await.0.claim;
        if found.is_some_and(|found| found.claim != *own) { Err(Error::Superseded) } else { Ok(()) }
    }

    /// Writes the record over the last one that this claim wrote. One whose acknowledgement was lost may
    /// stand there.
    async fn put(&self, record: &Record, revision: u64) -> Result<u64, Error> {
        match self.server.write_progress(&self.subject, record, revision).await {
            Ok(revision) => return Ok(revision),
            Err(NotWritten::Failed(error)) => return Err(error),
            Err(NotWritten::Changed) => {}
        }
        let (found, revision) = self.server.read_progress(&self.subject).await?;
        if found.is_some_and(|found| found.claim != record.claim) {
            return Err(Error::Superseded);
        }
        // A server that lost its last writes has an older one of this claim, or none.
        match self.server.write_progress(&self.subject, record, revision).await {
            Ok(revision) => Ok(revision),
            Err(NotWritten::Failed(error)) => Err(error),
            Err(NotWritten::Changed) => Err(Error::Superseded),
        }
    }

    async fn of_aggregate(
        &self,
        aggregate: &Aggregate,
        after: i64,
        through: i64,
        limit: usize,
    ) -> Result<Slice, Error> {
        let stream = self.server.stream(&self.server.names.events).await?;
        let subject = self.server.names.aggregate(&aggregate.id, &self.kinds);
        let (mut position, mut events) = (after, Vec::new());
        for _ in 0..LOOKED_AT {
            let next = u64::try_from(position).unwrap_or_default() + 1;
            // Read from the leader: a replica may not have what was just acknowledged.
            let found = stream.raw_message_builder().sequence(next).next_by_subject(&subject).send().await;
            let found = match found {
                Ok(found) => found,
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                    return Ok(Slice { events, through });
                }
                Err(error) => return Err(Error::storage(&error)),
            };
            position = i64::try_from(found.sequence).unwrap_or(i64::MAX);
            if position > through {
                return Ok(Slice { events, through });
            }
            let published_at = micros(found.time.unix_timestamp_nanos());
            let event = message::event(Some(&found.headers), found.payload, &found.subject)?;
            let wanted = self.kinds.is_empty() || self.kinds.contains(&event.kind);
            if wanted && Aggregate::of(&event) == *aggregate {
                events.push(Logged { position, published_at, event });
                if events.len() >= limit {
                    break;
                }
            }
        }
        Ok(Slice { events, through: position.min(through) })
    }

    async fn bury(&self, dead: &Dead) -> Result<(), Error> {
        let Some(logged) = self.logged(dead.position).await? else { return Ok(()) };
        let letter = Letter {
            consumer: self.consumer.clone(),
            logged,
            attempts: dead.attempts,
            error: dead.error.clone(),
            died_at: dead.died_at,
            replay_at: None,
        };
        self.server.bury(&letter).await
    }

    /// An event of the log, unless an operator has removed it.
    async fn logged(&self, position: i64) -> Result<Option<Logged>, Error> {
        let stream = self.server.stream(&self.server.names.events).await?;
        match stream.get_raw_message(u64::try_from(position).unwrap_or_default()).await {
            Ok(found) => {
                let published_at = micros(found.time.unix_timestamp_nanos());
                let event = message::event(Some(&found.headers), found.payload, &found.subject)?;
                Ok(Some(Logged { position, published_at, event }))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Error::storage(&error)),
        }
    }

    async fn note_replay(&self, replayed: &Replayed) -> Result<(), Error> {
        let subject = self.server.names.dead_letter(&self.consumer, self.partition, replayed.position());
        // An operator may have dropped it meanwhile.
        let Some(letter) = self.server.dead_letter(&subject).await? else { return Ok(()) };
        match replayed {
            Replayed::Handled { .. } => self.server.unbury(&letter).await,
            Replayed::Failed { attempts, due_at, error, .. } => {
                let letter =
                    Letter { attempts: *attempts, replay_at: *due_at, error: error.clone(), ..letter };
                self.server.bury(&letter).await
            }
        }
    }
}
