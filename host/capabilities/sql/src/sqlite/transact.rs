//! One service's transaction inside the writer's.

use rusqlite::{Connection, OptionalExtension, params};

use super::Shared;
use super::error::map;
use super::statement::run_all;
use crate::guard::{Budget, Prepared};
use crate::once::{self, Found};
use crate::{Error, Outcome, Rows};

/// Runs it; the caller rolls back what an error leaves.
///
/// The writer is alone, so a key that is absent at the start is absent at the end, and is stored then,
/// together with the rows.
pub(super) fn run(connection: &Connection, prepared: &Prepared, shared: &Shared) -> Result<Outcome, Error> {
    let now = shared.options.clock.micros();
    if let Some(once) = &prepared.once
        && let Some(found) = find(connection, &once.scope, &once.key, now)?
    {
        return found.open(&once.fingerprint).map(Outcome::Duplicate);
    }
    let rows = run_all(connection, &prepared.statements, &Budget::new(shared.options.limits))?;
    write_events(connection, prepared, &shared.service, now)?;
    write_once(connection, prepared, &rows, now)?;
    Ok(Outcome::Committed(rows))
}

/// What is remembered for a key, unless it has expired.
pub(super) fn find(
    connection: &Connection,
    scope: &str,
    key: &str,
    now: i64,
) -> Result<Option<Found>, Error> {
    connection
        .prepare_cached(
            "SELECT fingerprint, answer, rows FROM lyceum_once
             WHERE scope = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![scope, key, now], |row| {
                    Ok(Found { fingerprint: row.get(0)?, answer: row.get(1)?, rows: row.get(2)? })
                })
                .optional()
        })
        .map_err(map)
}

fn write_events(connection: &Connection, prepared: &Prepared, service: &str, now: i64) -> Result<(), Error> {
    if prepared.events.is_empty() {
        return Ok(());
    }
    let mut count = connection
        .prepare_cached(
            "INSERT INTO lyceum_sequence (aggregate_type, aggregate_id, last) VALUES (?1, ?2, 1)
             ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE SET last = last + 1 RETURNING last",
        )
        .map_err(map)?;
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO lyceum_outbox (partition, id, kind, aggregate_type, aggregate_id, sequence, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .map_err(map)?;
    for event in &prepared.events {
        let sequence: i64 = count
            .query_row(params![event.aggregate_type, event.aggregate_id], |row| row.get(0))
            .map_err(map)?;
        let body = event.body(service, sequence, &prepared.context, now)?;
        insert
            .execute(params![
                event.partition(),
                event.id,
                event.kind,
                event.aggregate_type,
                event.aggregate_id,
                sequence,
                body
            ])
            .map_err(map)?;
    }
    Ok(())
}

fn write_once(connection: &Connection, prepared: &Prepared, rows: &[Rows], now: i64) -> Result<(), Error> {
    let Some(once) = &prepared.once else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT INTO lyceum_once (scope, key, fingerprint, expires, answer, rows)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint,
                 expires = excluded.expires, answer = excluded.answer, rows = excluded.rows",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                once.scope,
                once.key,
                once.fingerprint,
                once.expires(now),
                once.answer.as_ref(),
                once::encode_rows(rows)
            ])
        })
        .map(|_| ())
        .map_err(map)
}

/// Deletes some expired keys.
pub(super) fn purge(connection: &Connection, now: i64, limit: usize) -> Result<(), Error> {
    connection
        .prepare_cached(
            "DELETE FROM lyceum_once
             WHERE rowid IN (SELECT rowid FROM lyceum_once WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
        )
        .and_then(|mut statement| statement.execute(params![now, i64::try_from(limit).unwrap_or(i64::MAX)]))
        .map(|_| ())
        .map_err(map)
}
