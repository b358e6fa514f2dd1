//! The SQL of services that said where they are.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::discovery::Discovered;

row!(Discovered in "discovered" { service_name, host, port, health_endpoint, metadata, last_heartbeat });

/// All of them, by name.
pub(crate) fn all() -> Result<Vec<Discovered>, SqlError> {
    query_all(Discovered::select("WHERE service_name > $1 ORDER BY service_name LIMIT 1000", params![""]))
}

/// The one with this name.
pub(crate) fn find(name: &str) -> Result<Option<Discovered>, SqlError> {
    query_optional(Discovered::select("WHERE service_name = $1", params![name]))
}

/// It is here from now on.
pub(crate) fn register(service: &Discovered) -> Statement {
    let text = "INSERT INTO discovered (service_name, host, port, health_endpoint, metadata, last_heartbeat) \
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (service_name) DO UPDATE SET host = excluded.host, \
                port = excluded.port, health_endpoint = excluded.health_endpoint, metadata = excluded.metadata, \
                last_heartbeat = excluded.last_heartbeat";
    statement(text, service.values()).expect_rows(1)
}

/// It was heard of; misses it if it isn't there.
pub(crate) fn heartbeat(name: &str, at: Timestamp) -> Statement {
    let text = "UPDATE discovered SET last_heartbeat = $2 WHERE service_name = $1";
    statement(text, params![name, at]).expect_rows(1)
}

/// It is gone; misses it if it isn't there.
pub(crate) fn remove(name: &str) -> Statement {
    statement("DELETE FROM discovered WHERE service_name = $1", params![name]).expect_rows(1)
}

/// Those that were heard of before this moment alone.
pub(crate) fn silent(before: Timestamp) -> Result<Vec<(String,)>, SqlError> {
    let text =
        "SELECT service_name FROM discovered WHERE last_heartbeat < $1 ORDER BY last_heartbeat LIMIT 1000";
    query_all(statement(text, params![before]))
}

/// It is gone if it wasn't heard of meanwhile.
pub(crate) fn clean(name: &str, before: Timestamp) -> Statement {
    let text = "DELETE FROM discovered WHERE service_name = $1 AND last_heartbeat < $2";
    statement(text, params![name, before])
}
