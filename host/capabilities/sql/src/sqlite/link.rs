//! One connection to the file.

use std::cell::Cell;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::Shared;
use super::error::map;
use crate::Error;

/// How long another process may hold the file before callers are told.
const BUSY: Duration = Duration::from_secs(2);
const STATEMENTS: usize = 256;
/// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
const STEPS: i32 = 1000;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Writes, and makes the file if it is missing.
    Creator,
    /// Writes to a file that exists: one that vanished must not come back empty.
    Writer,
    /// Reads only.
    Reader,
    /// Reads only, and never waits for another process.
    ImpatientReader,
}

/// When a statement is interrupted.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Never,
    At(Instant),
    /// After so many more looks.
    Looks(u32),
}

impl Bound {
    /// One look: whether it is time.
    fn is_reached(&mut self) -> bool {
        match self {
            Self::Never => false,
            Self::At(deadline) => Instant::now() >= *deadline,
            Self::Looks(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
        }
    }
}

/// A connection that ends statements in time and knows which file it has open.
pub(super) struct Link {
    pub(super) connection: Connection,
    bound: Arc<Mutex<Bound>>,
    /// Whether a commit is synced at the moment.
    synced: Cell<bool>,
    file: Option<(u64, u64)>,
}

impl Link {
    pub(super) fn open(shared: &Shared, role: Role) -> Result<Self, Error> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if role == Role::Creator {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(&shared.path, flags).map_err(map)?;
        configure(&connection, role, shared.options.maximum_bytes).map_err(map)?;
        let bound = Arc::new(Mutex::new(Bound::Never));
        let watched = Arc::clone(&bound);
        connection.progress_handler(STEPS, Some(move || lock(&watched).is_reached())).map_err(map)?;
        Ok(Self { connection, bound, synced: Cell::new(true), file: identity(&shared.path) })
    }

    /// Whether the next commits survive a loss of the machine's power. One that is not synced survives the end of the
    /// process, and everything from the next synced one on.
    pub(super) fn sync(&self, synced: bool) -> Result<(), Error> {
        if self.synced.get() != synced {
            let level = if synced { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level).map_err(map)?;
            self.synced.set(synced);
        }
        Ok(())
    }

    /// Whether the path still names the file that is open here. SQLite itself would go on with a file
    /// that was deleted, and everything committed to it would be lost.
    pub(super) fn is_current(&self, path: &Path) -> bool {
        self.file.is_some() && self.file == identity(path)
    }

    /// Runs `work`; its statements are interrupted at the deadline.
    pub(super) fn until<T>(&self, deadline: Instant, work: impl FnOnce() -> T) -> T {
        self.bounded(Bound::At(deadline), work)
    }

    /// Runs `work`; its statements are interrupted after about so many steps of SQLite's machine in all.
    pub(super) fn at_most<T>(&self, steps: u32, work: impl FnOnce() -> T) -> T {
        self.bounded(Bound::Looks((steps / STEPS.unsigned_abs()).max(1)), work)
    }

    fn bounded<T>(&self, bound: Bound, work: impl FnOnce() -> T) -> T {
        *lock(&self.bound) = bound;
        let result = work();
        *lock(&self.bound) = Bound::Never;
        result
    }

    /// Runs reading `work` on one snapshot. A single statement is one by itself.
    pub(super) fn snapshot<T>(
        &self,
        several: bool,
        work: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if !several {
            return work(&self.connection);
        }
        self.execute("BEGIN")?;
        let result = work(&self.connection);
        if !self.connection.is_autocommit() {
            self.execute("COMMIT")?;
        }
        result
    }

    /// Runs a statement without parameters.
    pub(super) fn execute(&self, text: &str) -> Result<(), Error> {
        self.try_execute(text).map_err(map)
    }

    pub(super) fn try_execute(&self, text: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.execute([]).map(|_| ())
    }
}

fn configure(connection: &Connection, role: Role, maximum_bytes: Option<u64>) -> rusqlite::Result<()> {
    connection.busy_timeout(if role == Role::ImpatientReader { Duration::ZERO } else { BUSY })?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A misspelt column in double quotes is an error, not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    if matches!(role, Role::Reader | Role::ImpatientReader) {
        return connection.pragma_update(None, "query_only", "ON");
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update_and_check(None, "journal_size_limit", 64 * 1024 * 1024, |_| Ok(()))?;
    if let Some(bytes) = maximum_bytes {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
    }
    Ok(())
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|data| (data.dev(), data.ino()))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
