//! The file as a subscriber's store: reads with a connection of its own, off the async threads, and writes by the
//! bus's writer.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::watch;

use super::shared::Shared;
use super::{log, progress, rewind, schema};
use crate::delivery::{Aggregate, Logged, Slice, Store, Update, Wanted};
use crate::error::Error;

/// No part read holds more bytes of bodies than about this.
const PART_BYTES: usize = 4 << 20;

/// One consumer's view of the file.
pub(super) struct FileStore {
    shared: Arc<Shared>,
    reader: Arc<Mutex<Connection>>,
    consumer: String,
    kinds: Arc<[String]>,
    head: watch::Receiver<i64>,
}

impl FileStore {
    pub(super) fn open(shared: &Arc<Shared>, consumer: &str, kinds: &[String]) -> Result<Self, Error> {
        let kinds: Arc<[String]> = kinds.into();
        Ok(Self {
            shared: Arc::clone(shared),
            reader: Arc::new(Mutex::new(reader(&shared.path)?)),
            consumer: consumer.to_owned(),
            head: shared.listeners.listen(Arc::clone(&kinds)),
            kinds,
        })
    }

    /// Up to where there may be events for the consumer.
    pub(super) fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = Arc::clone(&self.reader);
        let reading = tokio::task::spawn_blocking(move || {
            read(&reader.lock().unwrap_or_else(PoisonError::into_inner)).map_err(Error::from)
        });
        // Only a runtime that shuts down gives no answer.
        reading.await.unwrap_or(Err(Error::ShutDown))
    }
}

fn reader(path: &Path) -> Result<Connection, Error> {
    schema::open(path)
}

#[async_trait]
impl Store for FileStore {
    async fn next(&self, after: i64, limit: usize) -> Result<Slice, Error> {
        // The sender lives as long as the bus.
        if self.head.clone().wait_for(|head| *head > after).await.is_err() {
            return Err(Error::ShutDown);
        }
        let kinds = Arc::clone(&self.kinds);
        self.read(move |connection| log::after(connection, after, &kinds, limit, PART_BYTES)).await
    }

    async fn reread(&self, lanes: &Wanted, through: i64) -> Result<Vec<(Aggregate, Slice)>, Error> {
        let (lanes, kinds) = (lanes.clone(), Arc::clone(&self.kinds));
        self.read(move |connection| {
            let read = |(aggregate, after, limit): (Aggregate, i64, usize)| {
                let range = (after, through);
                let slice = log::of_aggregate(connection, &aggregate, range, &kinds, (limit, PART_BYTES))?;
                Ok((aggregate, slice))
            };
            lanes.into_iter().map(read).collect()
        })
        .await
    }

    async fn replays(&self, now: i64, limit: usize) -> Result<Vec<(Logged, u32)>, Error> {
        let consumer = self.consumer.clone();
        let replays = move |connection: &Connection| {
            if rewind::asked(connection, &consumer)?.is_some() {
                return Ok(None);
            }
            progress::replays(connection, &consumer, now, limit).map(Some)
        };
        self.read(replays).await?.ok_or(Error::Superseded)
    }

    async fn write(&self, update: &Update) -> Result<(), Error> {
        let written = update.clone();
        let work = move |connection: &Connection| progress::apply(connection, &written);
        // Events whose progress is lost with the power are delivered again, as after every crash.
        if update.dead.is_empty() && update.replayed.is_empty() {
            self.shared.writer.run_unsynced(work).await
        } else {
            self.shared.writer.run(work).await
        }
    }
}
