//! The outbox as the relay sees it. One process has the file, so its relay holds all partitions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use lyceum_events::{Outbox, OutboxError, Stored};
use rusqlite::{Connection, Row};

use super::Shared;
use super::error::map;
use super::readers::Readers;
use super::writer::{Submit, Work};
use crate::Error;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct SqliteOutbox {
    shared: Arc<Shared>,
    writer: Submit,
    readers: Readers,
}

impl SqliteOutbox {
    pub(super) fn new(shared: Arc<Shared>, writer: Submit, readers: Readers) -> Self {
        Self { shared, writer, readers }
    }
}

#[async_trait]
impl Outbox for SqliteOutbox {
    type Position = i64;

    async fn read(&mut self, limit: usize) -> Result<Vec<Stored<i64>>, OutboxError> {
        Ok(self.readers.run(Instant::now() + PATIENCE, move |link| read(&link.connection, limit)).await?)
    }

    /// Positions rise in commit order, and what was read is the oldest: so it is everything up to the
    /// last of them.
    async fn delete(&mut self, positions: &[i64]) -> Result<(), OutboxError> {
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else { return Ok(()) };
        self.writer.submit(Work::Forget(*first, *last), Instant::now() + PATIENCE).await?;
        Ok(())
    }

    async fn backlog(&mut self) -> Result<u64, OutboxError> {
        let count = |connection: &Connection| -> rusqlite::Result<i64> {
            connection
                .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM lyceum_outbox LIMIT 100000)")?
                .query_row([], |row| row.get(0))
        };
        let counted = self
            .readers
            .run(Instant::now() + PATIENCE, move |link| count(&link.connection).map_err(map))
            .await?;
        Ok(u64::try_from(counted).unwrap_or_default())
    }

    async fn woken(&self) {
        self.shared.committed.notified().await;
    }

    async fn release(&mut self) {}
}

fn read(connection: &Connection, limit: usize) -> Result<Vec<Stored<i64>>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT position, id, kind, aggregate_type, aggregate_id, sequence, body
             FROM lyceum_outbox ORDER BY position LIMIT ?1",
        )
        .and_then(|mut statement| statement.query_map([limit], stored)?.collect())
        .map_err(map)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored<i64>> {
    Ok(Stored {
        position: row.get(0)?,
        event: lyceum_events::Event {
            id: row.get(1)?,
            kind: row.get(2)?,
            aggregate_type: row.get(3)?,
            aggregate_id: row.get(4)?,
            sequence: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
            body: Bytes::from(row.get::<_, String>(6)?),
        },
    })
}
