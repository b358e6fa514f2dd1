//! The log and the dead letters as an operator sees them, also from another process.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};

use super::{log, progress, schema};
use crate::Event;
use crate::backup::ConsumerProgress;
use crate::clock::{micros, time};
use crate::error::Error;

/// Reads the event file and marks dead letters, whether or not a bus has it open: a running bus
/// notices within its `poll_interval`, another when it starts. Calls block.
pub struct Ledger {
    connection: Mutex<Connection>,
}

/// An event as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Counts up from 1 in the order of publishing.
    pub position: i64,
    /// When it was committed.
    pub published_at: SystemTime,
    /// The event.
    pub event: Event,
}

/// Which events to list; an absent field means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// The exact kind.
    pub kind: Option<String>,
    /// The exact aggregate type.
    pub aggregate_type: Option<String>,
    /// The exact aggregate id.
    pub aggregate_id: Option<String>,
    /// Published at or after.
    pub since: Option<SystemTime>,
}

/// An event that a consumer gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Who gave up.
    pub consumer: String,
    /// How often it failed.
    pub attempts: u32,
    /// Why it failed last.
    pub error: String,
    /// When it was given up.
    pub died_at: SystemTime,
    /// Whether it is being delivered again.
    pub replaying: bool,
    /// The event.
    pub record: EventRecord,
}

/// An aggregate whose next event waits for another attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Whose progress this is.
    pub consumer: String,
    /// With `aggregate_id` the aggregate.
    pub aggregate_type: String,
    /// With `aggregate_type` the aggregate.
    pub aggregate_id: String,
    /// How often the next event failed.
    pub attempts: u32,
    /// Why it failed last.
    pub error: String,
    /// When it is tried again.
    pub due_at: SystemTime,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Pass it to get on; `None` at the end.
    pub next: Option<String>,
}

impl Ledger {
    /// Opens an existing event file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self { connection: Mutex::new(schema::open(path.as_ref())?) })
    }

    /// Lists events, oldest first.
    pub fn events(
        &self,
        filter: &EventFilter,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<EventRecord>, Error> {
        let after: i64 = match cursor {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| Error::BadCursor(cursor.to_owned()))?,
        };
        let (mut conditions, mut values) = (vec!["position > ?"], vec![Value::Integer(after)]);
        let mut add = |condition, value: Option<Value>| {
            if let Some(value) = value {
                conditions.push(condition);
                values.push(value);
            }
        };
        add("kind = ?", filter.kind.clone().map(Value::Text));
        add("aggregate_type = ?", filter.aggregate_type.clone().map(Value::Text));
        add("aggregate_id = ?", filter.aggregate_id.clone().map(Value::Text));
        add("published_at >= ?", filter.since.map(|since| Value::Integer(micros(since))));
        values.push(fetch(limit));
        let sql = format!(
            "SELECT {} FROM event WHERE {} ORDER BY position LIMIT ?",
            log::COLUMNS,
            conditions.join(" AND ")
        );
        let connection = self.lock();
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(rusqlite::params_from_iter(values), record)?;
        let items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(page(items, limit, |record| record.position.to_string()))
    }

    /// The event with this id and the consumers whose dead letter it is.
    pub fn show(&self, id: &str) -> Result<Option<(EventRecord, Vec<DeadLetter>)>, Error> {
        let found = {
            let sql = format!("SELECT {} FROM event WHERE id = ?1", log::COLUMNS);
            self.lock().query_row(&sql, [id], record).optional()?
        };
        let Some(record) = found else { return Ok(None) };
        let letters = self.letters("event.id = ?1", vec![Value::Text(id.to_owned())])?;
        Ok(Some((record, letters)))
    }

    /// Lists dead letters by consumer, oldest event first.
    pub fn dead_letters(
        &self,
        consumer: Option<&str>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<DeadLetter>, Error> {
        let (after_consumer, after) = match cursor {
            None => (String::new(), 0),
            Some(cursor) => letter_cursor(cursor).ok_or_else(|| Error::BadCursor(cursor.to_owned()))?,
        };
        let condition = "(letter.consumer, letter.position) > (?1, ?2)
             AND (?3 IS NULL OR letter.consumer = ?3)
             ORDER BY letter.consumer, letter.position LIMIT ?4";
        let consumer = consumer.map_or(Value::Null, |consumer| Value::Text(consumer.to_owned()));
        let values = vec![Value::Text(after_consumer), Value::Integer(after), consumer, fetch(limit)];
        let items = self.letters(condition, values)?;
        Ok(page(items, limit, |letter| format!("{}:{}", letter.record.position, letter.consumer)))
    }

    /// Lists aggregates that are held up by a failing event, the longest tried first.
    pub fn blocked(&self, consumer: Option<&str>, limit: usize) -> Result<Vec<Blocked>, Error> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT consumer, aggregate_type, aggregate_id, attempts, error, due_at FROM cursor
             WHERE error <> '' AND (?1 IS NULL OR consumer = ?1) ORDER BY attempts DESC, consumer LIMIT ?2",
        )?;
        let rows =
            statement.query_map(params![consumer, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                Ok(Blocked {
                    consumer: row.get(0)?,
                    aggregate_type: row.get(1)?,
                    aggregate_id: row.get(2)?,
                    attempts: row.get(3)?,
                    error: row.get(4)?,
                    due_at: time(row.get(5)?),
                })
            })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How far each consumer is.
    pub fn progress(&self) -> Result<Vec<ConsumerProgress>, Error> {
        Ok(progress::all(&self.lock())?)
    }

    /// The position of the newest event; 0 for an empty log.
    pub fn last_position(&self) -> Result<i64, Error> {
        Ok(log::head(&self.lock())?)
    }

    /// Has a dead letter delivered again, with its attempts counted from 1. It stays a dead letter
    /// until it is handled.
    pub fn replay(&self, consumer: &str, id: &str) -> Result<(), Error> {
        self.change(
            "UPDATE dead_letter SET replay = 1, attempts = 0, due_at = 0 WHERE consumer = ?1
             AND position = (SELECT position FROM event WHERE id = ?2)",
            consumer,
            id,
        )
    }

    /// Gives a dead letter up for good. The event stays in the log.
    pub fn drop_dead_letter(&self, consumer: &str, id: &str) -> Result<(), Error> {
        self.change(
            "DELETE FROM dead_letter WHERE consumer = ?1
             AND position = (SELECT position FROM event WHERE id = ?2)",
            consumer,
            id,
        )
    }

    fn change(&self, sql: &str, consumer: &str, id: &str) -> Result<(), Error> {
        match self.lock().execute(sql, [consumer, id])? {
            0 => Err(Error::NoSuchDeadLetter { consumer: consumer.to_owned(), event: id.to_owned() }),
            _ => Ok(()),
        }
    }

    fn letters(&self, condition: &str, values: Vec<Value>) -> Result<Vec<DeadLetter>, Error> {
        let sql = format!(
            "SELECT {}, letter.consumer, letter.attempts, letter.error, letter.died_at, letter.replay
             FROM dead_letter AS letter JOIN event ON event.position = letter.position WHERE {condition}",
            log::COLUMNS
        );
        let connection = self.lock();
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
            Ok(DeadLetter {
                record: record(row)?,
                consumer: row.get(8)?,
                attempts: row.get(9)?,
                error: row.get(10)?,
                died_at: time(row.get(11)?),
                replaying: row.get(12)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    let logged = log::logged(row)?;
    Ok(EventRecord {
        position: logged.position,
        published_at: time(logged.published_at),
        event: logged.event,
    })
}

/// One more than asked for tells whether there is a next page.
fn fetch(limit: usize) -> Value {
    Value::Integer(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))
}

pub(crate) fn page<T>(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}

pub(crate) fn letter_cursor(cursor: &str) -> Option<(String, i64)> {
    let (position, consumer) = cursor.split_once(':')?;
    Some((consumer.to_owned(), position.parse().ok()?))
}
