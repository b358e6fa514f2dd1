//! The event file: one SQLite database.
//!
//! - `event` is the log. It only grows (but for retention).
//! - `consumer.floor`: every event at or below is finished, unless its aggregate has a row in
//!   `cursor`.
//! - `cursor` holds the aggregates that are behind the floor or failing. Delivery is in order per
//!   aggregate, so one position says everything: all up to `finished` are done, none after.
//! - `consumer_kind` holds where a consumer began with each of its kinds.
//! - `rewind` holds consumers whose events an operator wants delivered again.
//! - `dead_letter` holds what was given up; `replay = 1` asks the bus to deliver it again.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{progress, rewind};
use crate::error::Error;

/// Kept in `PRAGMA user_version`.
const FORMAT: i64 = 1;

/// How long a statement waits for another process's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
CREATE TABLE event (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  aggregate_type TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX event_aggregate ON event (aggregate_type, aggregate_id, position);
CREATE TABLE consumer (
  name TEXT PRIMARY KEY,
  mode TEXT NOT NULL,
  floor INTEGER NOT NULL,
  clean INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE cursor (
  consumer TEXT NOT NULL,
  aggregate_type TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  finished INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letter (
  consumer TEXT NOT NULL,
  position INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  died_at INTEGER NOT NULL,
  replay INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (consumer, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX dead_letter_replay ON dead_letter (consumer, position) WHERE replay = 1;
PRAGMA user_version = 1;
";

/// Opens the file for the bus's own writer and makes what is missing.
pub(super) fn create(path: &Path) -> Result<Connection, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    if format(&connection)? == 0 {
        connection.execute_batch(&format!("BEGIN IMMEDIATE;{SCHEMA}COMMIT;"))?;
    }
    check_format(&connection)?;
    connection.execute_batch(rewind::TABLE)?;
    connection.execute_batch(progress::TABLE)?;
    Ok(connection)
}

/// Opens an existing file, as a reader or as another process.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    if !path.is_file() {
        return Err(Error::NoSuchFile(path.to_owned()));
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_format(&connection)?;
    connection.execute_batch(progress::TABLE)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn format(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn check_format(connection: &Connection) -> Result<(), Error> {
    let found = format(connection)?;
    if found == FORMAT { Ok(()) } else { Err(Error::NewerFormat { found, known: FORMAT }) }
}
