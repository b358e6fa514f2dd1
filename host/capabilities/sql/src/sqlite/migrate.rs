//! Migrations, on a connection of their own.

use rusqlite::{Connection, params};

use super::Shared;
use super::error::map;
use super::link::{Link, Role};
use crate::migration::{self, Applied, checksum, plan};
use crate::{Error, Migration, MigrationError};

/// Runs blocking `work` where it holds nobody up.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MigrationError> + Send + 'static,
) -> Result<T, MigrationError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::Unavailable(error.to_string()).into()))
}

/// Applies what is new. The file's write lock is taken before it looks what is applied, so that others
/// doing the same wait and then find nothing new.
pub(super) fn apply(shared: &Shared, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
    let link = Link::open(shared, Role::Writer)?;
    plan(&[], migrations)?;
    let mut done = Vec::new();
    loop {
        link.execute("BEGIN IMMEDIATE")?;
        match apply_next(&link.connection, migrations, shared.options.clock.micros()) {
            Ok(Some(id)) => {
                link.execute("COMMIT").map_err(|error| MigrationError::Failed { id: id.clone(), error })?;
                done.push(id);
            }
            Ok(None) => {
                link.execute("COMMIT")?;
                return Ok(done);
            }
            // Dropping the connection rolls back.
            Err(error) => return Err(error),
        }
    }
}

/// What would be applied.
pub(super) fn pending(shared: &Shared, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
    let link = Link::open(shared, Role::Reader)?;
    Ok(migration::ids(&plan(&applied(&link.connection)?, migrations)?))
}

fn apply_next(
    connection: &Connection,
    migrations: &[Migration],
    now: i64,
) -> Result<Option<String>, MigrationError> {
    let applied = applied(connection)?;
    let Some(next) = plan(&applied, migrations)?.first().copied() else { return Ok(None) };
    connection
        .execute_batch(&next.sql)
        .and_then(|()| {
            connection.execute(
                "INSERT INTO lyceum_migration (id, checksum, applied) VALUES (?1, ?2, ?3)",
                params![next.id, checksum(next), now],
            )
        })
        .map_err(|error| MigrationError::Failed { id: next.id.clone(), error: map(error) })?;
    Ok(Some(next.id.clone()))
}

fn applied(connection: &Connection) -> Result<Vec<Applied>, Error> {
    connection
        .prepare("SELECT id, checksum FROM lyceum_migration ORDER BY id")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok(Applied { id: row.get(0)?, checksum: row.get(1)? }))?.collect()
        })
        .map_err(map)
}
