//! The tables of this crate in a service's file.

use rusqlite::Connection;

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
CREATE TABLE IF NOT EXISTS lyceum_outbox (
    position INTEGER PRIMARY KEY,
    partition BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    body TEXT NOT NULL
);
COMMIT;
";

/// Makes what is missing.
pub(super) fn create(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch(TABLES).map_err(map)
}
