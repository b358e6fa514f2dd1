//! Where a consumer begins, and where it stands.

use std::time::SystemTime;

use async_nats::jetstream::stream::LastRawMessageErrorKind;

use super::names::PARTITIONS;
use super::progress::{NotWritten, Record};
use super::reading::{Found, Range};
use super::server::Server;
use crate::error::Error;
use crate::options::Subscription;
use crate::starts::{Beginning, Standing};

impl Record {
    /// As it is when a consumer with this subscription takes the partition over.
    pub(super) fn begin(self, subscription: &Subscription, head: i64) -> Self {
        let oldest_lane = self.blocked.iter().map(|entry| entry.finished).min();
        let standing = Standing { floor: self.floor, oldest_lane, starts: self.starts.as_ref(), head };
        let Beginning { floor, starts, goes_back } = standing.begin(subscription);
        let mut blocked = self.blocked;
        if goes_back {
            // Aggregates that failed before those events keep their place.
            blocked.retain(|entry| entry.finished < floor);
        }
        Self { floor, blocked, starts: Some(starts), ..self }
    }
}

impl Server {
    /// Has a consumer that was never seen before begin.
    pub(super) async fn begin(&self, subscription: &Subscription) -> Result<(), Error> {
        self.prepared().await;
        let consumer = &subscription.consumer;
        let head = self.last_position().await?;
        for partition in 0..PARTITIONS {
            let subject = self.names.progress_of(consumer, partition);
            let record = Record::begun(consumer).begin(subscription, head);
            match self.write_progress(&subject, &record, 0).await {
                // Seen before, or another host was quicker.
                Ok(_) | Err(NotWritten::Changed) => {}
                Err(NotWritten::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// The position of the newest event; 0 for an empty log.
    pub(super) async fn last_position(&self) -> Result<i64, Error> {
        let stream = self.stream(&self.names.events).await?;
        let info = stream.get_info().await.map_err(|error| Error::storage(&error))?;
        Ok(i64::try_from(info.state.last_sequence).unwrap_or(i64::MAX))
    }

    /// The position of the newest event of these subjects; 0 if there is none.
    pub(super) async fn last_of(&self, subjects: &[String]) -> Result<i64, Error> {
        let stream = self.stream(&self.names.events).await?;
        let mut last = 0;
        for subject in subjects {
            match stream.get_last_raw_message_by_subject(subject).await {
                Ok(message) => last = last.max(i64::try_from(message.sequence).unwrap_or(i64::MAX)),
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(Error::storage(&error)),
            }
        }
        Ok(last)
    }

    /// The position before which every event was published before `time`.
    pub(super) async fn position_at(&self, time: SystemTime) -> Result<i64, Error> {
        let mut first = None;
        let subjects = vec![self.names.all_events()];
        self.read_each(&self.names.events, subjects, Range::Since(time), |message| {
            let info = message.info().map_err(|error| Error::Storage(error.to_string()))?;
            first = i64::try_from(info.stream_sequence).ok();
            Ok(Found::Enough)
        })
        .await?;
        match first {
            Some(first) => Ok(first - 1),
            None => self.last_position().await,
        }
    }
}
