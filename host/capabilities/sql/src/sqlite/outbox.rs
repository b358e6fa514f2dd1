//! The outbox as the relay sees it. One process has the file, so its relay holds all partitions.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{Outbox, OutboxError, Stored};
use rusqlite::{Connection, Row, params};

use super::Shared;
use super::error::map;
use super::readers::Readers;
use super::writer::{Submit, Work};
use crate::Error;

pub(super) struct SqliteOutbox {
    shared: Arc<Shared>,
    writer: Submit,
    readers: Readers,
}

impl SqliteOutbox {
    pub(super) fn new(shared: Arc<Shared>, writer: Submit, readers: Readers) -> Self {
        Self { shared, writer, readers }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.shared.options.relay_patience
    }
}

/// A row of the outbox: no position is given out twice, and the id says so once more.
#[derive(Clone, Debug)]
pub(super) struct Place {
    position: i64,
    id: String,
}

#[async_trait]
impl Outbox for SqliteOutbox {
    type Position = Place;

    async fn read(&mut self, limit: usize) -> Result<Vec<Stored<Place>>, OutboxError> {
        Ok(self.readers.run(self.deadline(), move |link| read(&link.connection, limit)).await?)
    }

    /// One that was given up may be done at any later time, so it names each row.
    async fn delete(&mut self, places: &[Place]) -> Result<(), OutboxError> {
        if places.is_empty() {
            return Ok(());
        }
        self.writer.submit(Work::Forget(places.to_vec()), self.deadline()).await?;
        Ok(())
    }

    async fn backlog(&mut self) -> Result<u64, OutboxError> {
        let count = |connection: &Connection| -> rusqlite::Result<i64> {
            connection
                .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM lyceum_outbox LIMIT 100000)")?
                .query_row([], |row| row.get(0))
        };
        let counted =
            self.readers.run(self.deadline(), move |link| count(&link.connection).map_err(map)).await?;
        Ok(u64::try_from(counted).unwrap_or_default())
    }

    async fn woken(&self) {
        self.shared.committed.notified().await;
    }

    async fn release(&mut self) {}
}

/// Deletes rows that are still there.
pub(super) fn delete(connection: &Connection, places: &[Place]) -> rusqlite::Result<()> {
    let mut delete =
        connection.prepare_cached("DELETE FROM lyceum_outbox WHERE position = ?1 AND id = ?2")?;
    for Place { position, id } in places {
        delete.execute(params![position, id])?;
    }
    Ok(())
}

fn read(connection: &Connection, limit: usize) -> Result<Vec<Stored<Place>>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT position, id, kind, aggregate_type, aggregate_id, sequence, body
             FROM lyceum_outbox ORDER BY position LIMIT ?1",
        )
        .and_then(|mut statement| statement.query_map([limit], stored)?.collect())
        .map_err(map)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored<Place>> {
    let id: String = row.get(1)?;
    Ok(Stored {
        position: Place { position: row.get(0)?, id: id.clone() },
        event: lyceum_events::Event {
            id,
            kind: row.get(2)?,
            aggregate_type: row.get(3)?,
            aggregate_id: row.get(4)?,
            sequence: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
            body: Bytes::from(row.get::<_, String>(6)?),
        },
    })
}
