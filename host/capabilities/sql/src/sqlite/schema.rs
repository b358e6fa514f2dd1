//! The tables of this crate in a service's file.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::error::map;
use crate::Error;

const TABLES: &str = "
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS lyceum_migration (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lyceum_once (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    expires BIGINT,
    answer BLOB NOT NULL,
    rows BLOB NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX IF NOT EXISTS lyceum_once_expires ON lyceum_once (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS lyceum_sequence (
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
) WITHOUT ROWID;
COMMIT;
";

/// A position is never given out twice, so that whoever deletes what was published long ago can't meet another event.
const OUTBOX: &str = "
CREATE TABLE lyceum_outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    partition BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    body TEXT NOT NULL
);
";

/// Makes what is missing.
pub(super) fn create(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch(TABLES).and_then(|()| create_outbox(connection)).map_err(map)
}

/// Files of older versions gave positions out anew whenever the outbox was empty: the rows move to a table that doesn't.
fn create_outbox(connection: &Connection) -> rusqlite::Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let found: Option<String> = transaction
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'lyceum_outbox'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    match found {
        None => transaction.execute_batch(OUTBOX)?,
        Some(sql) if sql.contains("AUTOINCREMENT") => {}
        Some(_) => {
            transaction.execute_batch("ALTER TABLE lyceum_outbox RENAME TO lyceum_outbox_before")?;
            transaction.execute_batch(OUTBOX)?;
            transaction.execute_batch(
                "INSERT INTO lyceum_outbox (position, partition, id, kind, aggregate_type, aggregate_id, sequence, body)
                 SELECT position, partition, id, kind, aggregate_type, aggregate_id, sequence, body
                 FROM lyceum_outbox_before ORDER BY position;
                 DROP TABLE lyceum_outbox_before;",
            )?;
        }
    }
    transaction.commit()
}
