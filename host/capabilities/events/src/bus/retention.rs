//! Removing events that are old and finished, for operators who don't keep them for ever.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::shared::Shared;
use crate::clock::micros;

/// Between rounds.
const ROUND: Duration = Duration::from_mins(10);
/// Events removed in one transaction, so that publishers hardly notice.
const BATCH: i64 = 500;

pub(super) async fn run(shared: Arc<Shared>, age: Duration) {
    loop {
        let age = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
        let before = micros(shared.options.clock.now()).saturating_sub(age);
        match shared.writer.run(move |connection| remove(connection, before)).await {
            Ok(removed) if removed > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old events can't be removed"),
        }
        tokio::time::sleep(ROUND).await;
    }
}

/// Removes some events published before `before` (microseconds) that every consumer has finished
/// and that are nobody's dead letter. Returns how many.
fn remove(connection: &Connection, before: i64) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM event WHERE position IN (
               SELECT position FROM event
               WHERE published_at < ?1
                 AND position <= COALESCE((SELECT MIN(floor) FROM consumer), 0)
                 AND position <= COALESCE((SELECT MIN(finished) FROM cursor), 9223372036854775807)
                 AND position NOT IN (SELECT position FROM dead_letter)
               ORDER BY position LIMIT ?2)",
        )?
        .execute(params![before, BATCH])
}
