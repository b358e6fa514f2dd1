//! The log of events: appending and reading.

use std::collections::HashSet;

use bytes::Bytes;
use rusqlite::{Connection, Row, params, params_from_iter, types::Value};

use crate::Event;
use crate::delivery::{Aggregate, Logged, Slice};

/// The columns that `logged` reads, in its order.
pub(super) const COLUMNS: &str = "event.position, event.published_at, event.id, event.kind, \
     event.aggregate_type, event.aggregate_id, event.sequence, event.body";

/// Reads a row that begins with `COLUMNS`.
pub(super) fn logged(row: &Row<'_>) -> rusqlite::Result<Logged> {
    let sequence: i64 = row.get(6)?;
    let body: Vec<u8> = row.get(7)?;
    Ok(Logged {
        position: row.get(0)?,
        published_at: row.get(1)?,
        event: Event {
            id: row.get(2)?,
            kind: row.get(3)?,
            aggregate_type: row.get(4)?,
            aggregate_id: row.get(5)?,
            sequence: u64::try_from(sequence).unwrap_or(0),
            body: Bytes::from(body),
        },
    })
}

/// What was added to the log.
pub(super) struct Appended {
    /// The position of the last event.
    pub(super) last: i64,
    /// Of which kinds the events are.
    pub(super) kinds: HashSet<String>,
}

/// Appends the events whose ids are new, in order, and returns what was added if there were any.
pub(super) fn append(
    connection: &Connection,
    events: &[Event],
    now: i64,
) -> rusqlite::Result<Option<Appended>> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO event (id, kind, aggregate_type, aggregate_id, sequence, published_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING",
    )?;
    let (mut last, mut kinds) = (None, HashSet::new());
    for event in events {
        let sequence = i64::try_from(event.sequence)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let added = insert.execute(params![
            event.id,
            event.kind,
            event.aggregate_type,
            event.aggregate_id,
            sequence,
            now,
            &event.body[..],
        ])?;
        if added > 0 {
            last = Some(connection.last_insert_rowid());
            if !kinds.contains(&event.kind) {
                kinds.insert(event.kind.clone());
            }
        }
    }
    Ok(last.map(|last| Appended { last, kinds }))
}

/// The position of the newest event; 0 for an empty log.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT COALESCE(MAX(position), 0) FROM event")?.query_row([], |row| row.get(0))
}

/// The position before which every event was published before `time` (microseconds).
pub(super) fn position_at(connection: &Connection, time: i64) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "SELECT COALESCE((SELECT position FROM event WHERE published_at < ?1
                              ORDER BY position DESC LIMIT 1), 0)",
        )?
        .query_row([time], |row| row.get(0))
}

/// Reads on after a position: at most `limit` events of about `bytes` in all.
pub(super) fn after(
    connection: &Connection,
    after: i64,
    kinds: &[String],
    limit: usize,
    bytes: usize,
) -> rusqlite::Result<Slice> {
    let head = head(connection)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM event WHERE position > ? AND position <= ?{} ORDER BY position",
        kind_filter(kinds)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = [Value::Integer(after), Value::Integer(head)].into_iter();
    let mut rows = statement.query(params_from_iter(values.chain(kinds.iter().cloned().map(Value::Text))))?;
    let (mut events, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = logged(row)?;
        size += event.event.body.len();
        let through = event.position;
        events.push(event);
        if events.len() >= limit || size >= bytes {
            return Ok(Slice { events, through });
        }
    }
    Ok(Slice { events, through: head.max(after) })
}

/// Reads one aggregate's next events, in (`after`, `through`], at most `limit` of about `bytes`.
pub(super) fn of_aggregate(
    connection: &Connection,
    aggregate: &Aggregate,
    (after, through): (i64, i64),
    kinds: &[String],
    (limit, bytes): (usize, usize),
) -> rusqlite::Result<Slice> {
    let sql = format!(
        "SELECT {COLUMNS} FROM event WHERE aggregate_type = ? AND aggregate_id = ?
         AND position > ? AND position <= ?{} ORDER BY position",
        kind_filter(kinds)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = [
        Value::Text(aggregate.kind.to_string()),
        Value::Text(aggregate.id.to_string()),
        Value::Integer(after),
        Value::Integer(through),
    ];
    let kinds = kinds.iter().cloned().map(Value::Text);
    let mut rows = statement.query(params_from_iter(values.into_iter().chain(kinds)))?;
    let (mut events, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = logged(row)?;
        size += event.event.body.len();
        let position = event.position;
        events.push(event);
        if events.len() >= limit || size >= bytes {
            return Ok(Slice { events, through: position });
        }
    }
    Ok(Slice { events, through })
}

fn kind_filter(kinds: &[String]) -> String {
    if kinds.is_empty() {
        return String::new();
    }
    let marks = vec!["?"; kinds.len()].join(", ");
    format!(" AND kind IN ({marks})")
}
