//! The tables of this crate in a service's schema.

/// Makes what is missing. The schema is the connection's search path.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS lyceum_migration (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS lyceum_once (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    expires BIGINT,
    answer BYTEA NOT NULL,
    rows BYTEA NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX IF NOT EXISTS lyceum_once_expires ON lyceum_once (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS lyceum_sequence (
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
) WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS lyceum_outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition SMALLINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    body TEXT NOT NULL
);
";
