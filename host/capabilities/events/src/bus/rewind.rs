//! An operator's wish to have a consumer's events delivered again: noted by whoever has the file open, fulfilled when
//! the consumer's task begins anew.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Ledger, log};
use crate::clock::micros;
use crate::error::Error;
use crate::rewind::Rewind;
use crate::starts::{Starts, rewind};

/// In files of older versions it is made when it is first needed.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS rewind (
  consumer TEXT PRIMARY KEY,
  floor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;";

/// The floor that is wished for, if one is.
pub(super) fn asked(connection: &Connection, consumer: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT floor FROM rewind WHERE consumer = ?1")?
        .query_row([consumer], |row| row.get(0))
        .optional()
}

/// Fulfils the wish: the floor that the consumer has from now on. What died after it is delivered again, so it is no
/// dead letter any more.
pub(super) fn fulfil(
    connection: &Connection,
    consumer: &str,
    floor: i64,
    starts: &mut Starts,
) -> rusqlite::Result<i64> {
    let Some(wanted) = asked(connection, consumer)? else { return Ok(floor) };
    let floor = floor.min(wanted);
    rewind(starts, floor);
    connection.execute("DELETE FROM rewind WHERE consumer = ?1", [consumer])?;
    connection
        .execute("DELETE FROM cursor WHERE consumer = ?1 AND finished >= ?2", params![consumer, floor])?;
    connection
        .execute("DELETE FROM dead_letter WHERE consumer = ?1 AND position > ?2", params![consumer, floor])?;
    Ok(floor)
}

impl Ledger {
    /// Has all events from there on delivered to a consumer again, in order; it recognises those that it has handled by
    /// their ids for as long as it remembers them. Never skips anything. Returns the position asked for; what was
    /// handled a moment before may come again as well.
    ///
    /// # Errors
    /// [`Error::NoSuchConsumer`] if nobody has subscribed under this name.
    pub fn rewind(&self, consumer: &str, to: Rewind) -> Result<i64, Error> {
        let connection = self.lock();
        connection.execute_batch(TABLE)?;
        let floor = match to {
            Rewind::Since(time) => log::position_at(&connection, micros(time))?,
            Rewind::From(position) => position.saturating_sub(1).max(0),
        };
        let noted = connection.execute(
            "INSERT INTO rewind (consumer, floor) SELECT name, ?2 FROM consumer WHERE name = ?1
             ON CONFLICT (consumer) DO UPDATE SET floor = min(floor, excluded.floor)",
            params![consumer, floor],
        )?;
        if noted == 0 {
            return Err(Error::NoSuchConsumer(consumer.to_owned()));
        }
        Ok(floor.saturating_add(1))
    }
}
