//! Copying a file that is in use.
//!
//! A transaction on a second connection keeps what was there when it began: with a log of writes (WAL) others go on
//! writing beside it. SQLite's backup, run on that connection, copies just this.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::error::map;
use crate::Error;
use crate::backup::Aggregate;

/// Between attempts to be the one that writes: shorter than the pause of a service's writer between two commits.
const AGAIN: Duration = Duration::from_micros(100);
/// Pages copied in one step.
const PAGES: i32 = 4096;

pub(crate) struct SqliteSource {
    file: PathBuf,
    /// Holds the file's only place for a writer.
    holder: Connection,
    /// Sees the state that was taken.
    reader: Connection,
}

impl SqliteSource {
    pub(crate) fn open(file: &Path) -> Result<Self, Error> {
        Ok(Self { file: file.to_owned(), holder: connect(file)?, reader: connect(file)? })
    }

    pub(crate) fn hold(&mut self, patience: Duration) -> Result<(), Error> {
        let end = Instant::now() + patience;
        loop {
            match self.holder.execute_batch("BEGIN IMMEDIATE") {
                Ok(()) => return Ok(()),
                Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => {
                    return Err(map(error));
                }
                Err(_) if Instant::now() >= end => return Err(Error::Conflict),
                Err(_) => std::thread::sleep(AGAIN),
            }
        }
    }

    pub(crate) fn take(&mut self) -> Result<(), Error> {
        // A transaction begins with its first read.
        let begin = "BEGIN; SELECT count(*) FROM sqlite_schema;";
        self.reader.execute_batch(begin).map_err(map)
    }

    pub(crate) fn let_go(&mut self) -> Result<(), Error> {
        if self.holder.is_autocommit() { Ok(()) } else { self.holder.execute_batch("ROLLBACK").map_err(map) }
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), Error> {
        if self.reader.is_autocommit() {
            return Err(Error::Unavailable(format!("the state of {} was not taken", self.file.display())));
        }
        let mut copy = Connection::open(file).map_err(map)?;
        let backup = Backup::new(&self.reader, &mut copy).map_err(map)?;
        while backup.step(PAGES).map_err(map)? != StepResult::Done {}
        drop(backup);
        // One file, without a log of writes beside it.
        copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(map)?;
        copy.close().map_err(|(_, error)| map(error))
    }

    pub(crate) fn last_events(&self, aggregates: &[Aggregate]) -> Result<HashMap<Aggregate, u64>, Error> {
        let read = "SELECT last FROM lyceum_sequence WHERE aggregate_type = ?1 AND aggregate_id = ?2";
        let mut statement = self.reader.prepare(read).map_err(map)?;
        let mut found = HashMap::new();
        for aggregate in aggregates {
            let last = statement.query_row([&aggregate.0, &aggregate.1], |row| row.get::<_, i64>(0));
            if let Some(last) = last.optional().map_err(map)? {
                found.insert(aggregate.clone(), u64::try_from(last).unwrap_or_default());
            }
        }
        Ok(found)
    }

    pub(crate) fn waiting(&self) -> Result<HashSet<String>, Error> {
        let mut statement = self.reader.prepare("SELECT id FROM lyceum_outbox").map_err(map)?;
        let ids = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        ids.map_err(map)
    }
}

fn connect(file: &Path) -> Result<Connection, Error> {
    if !file.is_file() {
        return Err(Error::Unavailable(format!("{} does not exist", file.display())));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(map)?;
    // This crate waits itself, with shorter pauses than SQLite's.
    connection.busy_timeout(Duration::ZERO).map_err(map)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn things(file: &Path) -> i64 {
        let connection = Connection::open(file).unwrap();
        connection.query_row("SELECT count(*) FROM things", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_is_written_after_the_moment_is_not_in_the_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let writer = Connection::open(&file).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE things (id INTEGER)").unwrap();
        writer.busy_timeout(Duration::ZERO).unwrap();
        let insert = || writer.execute("INSERT INTO things VALUES (1)", []);
        insert().unwrap();
        let mut source = SqliteSource::open(&file).unwrap();
        source.hold(Duration::from_secs(5)).unwrap();
        assert!(insert().is_err(), "writers are held");
        source.take().unwrap();
        source.let_go().unwrap();
        for _ in 0..10_000 {
            insert().unwrap();
        }
        writer.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        let copy = folder.path().join("copy.db");
        source.write(&copy).unwrap();
        assert_eq!((things(&copy), things(&file)), (1, 10_001));
        let files = std::fs::read_dir(folder.path()).unwrap();
        let of_copy = files
            .filter(|found| found.as_ref().unwrap().file_name().to_str().unwrap().starts_with("copy.db"));
        assert_eq!(of_copy.count(), 1, "one file is the whole copy");
    }

    #[test]
    fn one_who_can_not_hold_the_writers_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let writer = Connection::open(&file).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE").unwrap();
        let mut source = SqliteSource::open(&file).unwrap();
        assert_eq!(source.hold(Duration::from_millis(5)), Err(Error::Conflict));
        assert!(SqliteSource::open(&folder.path().join("other.db")).is_err());
    }
}
