//! Each consumer's progress, as it stands in the file.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::{log, rewind};
use crate::backup::{ConsumerProgress, LaneProgress};
use crate::delivery::{Aggregate, Cursor, Logged, Progress, Replayed, Update};
use crate::options::Subscription;
use crate::starts::{Beginning, KindStart, Standing, Starts};

/// In files of older versions it is made when the file is opened.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS consumer_kind (
  consumer TEXT NOT NULL,
  kind TEXT NOT NULL,
  after INTEGER NOT NULL,
  named_after INTEGER NOT NULL,
  PRIMARY KEY (consumer, kind)
) STRICT, WITHOUT ROWID;";

/// Loads a consumer's progress, or makes it. `young_since` (microseconds) is where events begin
/// that are delivered again.
pub(super) fn register(
    connection: &Connection,
    subscription: &Subscription,
    young_since: Option<i64>,
) -> rusqlite::Result<Progress> {
    let consumer = &subscription.consumer;
    let head = log::head(connection)?;
    let known: Option<(i64, bool)> = connection
        .query_row("SELECT floor, clean FROM consumer WHERE name = ?1", [consumer], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (floor, clean) = known.unwrap_or((0, true));
    let before = starts(connection, consumer)?;
    let oldest_lane =
        connection.query_row("SELECT MIN(finished) FROM cursor WHERE consumer = ?1", [consumer], |row| {
            row.get(0)
        })?;
    // A consumer of an older version has a place, and nothing that says of which kinds.
    let starts = (known.is_none() || !before.is_empty()).then_some(&before);
    let Beginning { mut floor, mut starts, goes_back } =
        Standing { floor, oldest_lane, starts, head }.begin(subscription);
    if let Some(since) = young_since {
        floor = floor.min(log::position_at(connection, since)?);
    }
    if goes_back || young_since.is_some() {
        // Aggregates that failed before those events keep their place.
        connection
            .execute("DELETE FROM cursor WHERE consumer = ?1 AND finished >= ?2", params![consumer, floor])?;
    }
    let floor = rewind::fulfil(connection, consumer, floor, &mut starts)?;
    connection.execute(
        "INSERT INTO consumer (name, mode, floor, clean) VALUES (?1, ?2, ?3, 0)
         ON CONFLICT (name) DO UPDATE SET mode = excluded.mode, floor = excluded.floor, clean = 0",
        params![consumer, subscription.mode.as_str(), floor],
    )?;
    put_starts(connection, consumer, &starts)?;
    let cursors = cursors(connection, consumer)?;
    Ok(Progress { floor, cursors, clean, head, starts })
}

fn starts(connection: &Connection, consumer: &str) -> rusqlite::Result<Starts> {
    let mut statement =
        connection.prepare("SELECT kind, after, named_after FROM consumer_kind WHERE consumer = ?1")?;
    statement
        .query_map([consumer], |row| {
            Ok((row.get(0)?, KindStart { after: row.get(1)?, named_after: row.get(2)? }))
        })?
        .collect()
}

/// Writes where a consumer began with each of its kinds, in place of what was there.
pub(super) fn put_starts(connection: &Connection, consumer: &str, starts: &Starts) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM consumer_kind WHERE consumer = ?1", [consumer])?;
    let mut insert = connection
        .prepare("INSERT INTO consumer_kind (consumer, kind, after, named_after) VALUES (?1, ?2, ?3, ?4)")?;
    for (kind, start) in starts {
        insert.execute(params![consumer, kind, start.after, start.named_after])?;
    }
    Ok(())
}

fn cursors(connection: &Connection, consumer: &str) -> rusqlite::Result<Vec<Cursor>> {
    let mut statement = connection.prepare(
        "SELECT aggregate_type, aggregate_id, finished, attempts, due_at, error FROM cursor WHERE consumer = ?1",
    )?;
    statement
        .query_map([consumer], |row| {
            Ok(Cursor {
                aggregate: Aggregate {
                    kind: row.get::<_, String>(0)?.into(),
                    id: row.get::<_, String>(1)?.into(),
                },
                finished: row.get(2)?,
                attempts: row.get(3)?,
                due_at: row.get(4)?,
                error: row.get(5)?,
            })
        })?
        .collect()
}

/// Every consumer's progress at one moment.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<ConsumerProgress>> {
    let transaction = connection.unchecked_transaction()?;
    let mut statement = transaction.prepare("SELECT name, floor FROM consumer ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let consumers = rows.collect::<rusqlite::Result<Vec<(String, i64)>>>()?;
    let progress = |(consumer, floor): (String, i64)| {
        let lanes = cursors(&transaction, &consumer)?.into_iter().map(LaneProgress::from).collect();
        let starts = Some(starts(&transaction, &consumer)?).filter(|starts| !starts.is_empty());
        Ok(ConsumerProgress { consumer, partition: None, floor, lanes, starts })
    };
    consumers.into_iter().map(progress).collect()
}

/// Writes an update.
pub(super) fn apply(connection: &Connection, update: &Update) -> rusqlite::Result<()> {
    let consumer = &update.consumer;
    connection
        .prepare_cached("UPDATE consumer SET floor = ?2, clean = ?3 WHERE name = ?1")?
        .execute(params![consumer, update.floor, update.clean])?;
    let mut delete = connection.prepare_cached(
        "DELETE FROM cursor WHERE consumer = ?1 AND aggregate_type = ?2 AND aggregate_id = ?3",
    )?;
    for aggregate in &update.drained {
        delete.execute(params![consumer, aggregate.kind, aggregate.id])?;
    }
    let mut put = connection.prepare_cached(
        "INSERT INTO cursor (consumer, aggregate_type, aggregate_id, finished, attempts, due_at, error)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (consumer, aggregate_type, aggregate_id) DO UPDATE SET finished = excluded.finished,
         attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error",
    )?;
    for Cursor { aggregate, finished, attempts, due_at, error } in &update.cursors {
        put.execute(params![consumer, aggregate.kind, aggregate.id, finished, attempts, due_at, error])?;
    }
    let mut bury = connection.prepare_cached(
        "INSERT INTO dead_letter (consumer, position, attempts, error, died_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (consumer, position) DO UPDATE SET attempts = excluded.attempts,
         error = excluded.error, died_at = excluded.died_at, replay = 0",
    )?;
    for dead in &update.dead {
        bury.execute(params![consumer, dead.position, dead.attempts, dead.error, dead.died_at])?;
    }
    update.replayed.iter().try_for_each(|replayed| apply_replay(connection, consumer, replayed))
}

fn apply_replay(connection: &Connection, consumer: &str, replayed: &Replayed) -> rusqlite::Result<()> {
    match replayed {
        Replayed::Handled { position } => connection
            .prepare_cached("DELETE FROM dead_letter WHERE consumer = ?1 AND position = ?2")?
            .execute(params![consumer, position])?,
        Replayed::Failed { position, attempts, due_at, error } => connection
            .prepare_cached(
                "UPDATE dead_letter SET attempts = ?3, due_at = COALESCE(?4, 0), replay = (?4 IS NOT NULL), error = ?5
                 WHERE consumer = ?1 AND position = ?2",
            )?
            .execute(params![consumer, position, attempts, due_at, error])?,
    };
    Ok(())
}

/// Dead letters that were asked to be delivered again and are due, the oldest of each aggregate,
/// with the attempts that failed since. At most `limit`.
pub(super) fn replays(
    connection: &Connection,
    consumer: &str,
    now: i64,
    limit: usize,
) -> rusqlite::Result<Vec<(Logged, u32)>> {
    let sql = format!(
        "SELECT {}, letter.due_at, letter.attempts FROM dead_letter AS letter
         JOIN event ON event.position = letter.position
         WHERE letter.consumer = ?1 AND letter.replay = 1 ORDER BY letter.position",
        log::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([consumer])?;
    let (mut seen, mut due) = (HashSet::new(), Vec::new());
    while due.len() < limit
        && let Some(row) = rows.next()?
    {
        let oldest = seen.insert((row.get::<_, String>(4)?, row.get::<_, String>(5)?));
        if oldest && row.get::<_, i64>(8)? <= now {
            due.push((log::logged(row)?, row.get(9)?));
        }
    }
    Ok(due)
}
