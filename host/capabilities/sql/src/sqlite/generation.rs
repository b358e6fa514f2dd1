//! A second file beside a service's.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::SqliteDatabase;
use super::error::map;
use crate::name::quoted;
use crate::rebuild::{Column, Difference, RebuildError, Sides, Table};
use crate::{Backend as _, Database, Error, Migration, MigrationError, Options};

/// Between attempts to be the one that writes: shorter than the pause of a service's writer between two commits.
const AGAIN: Duration = Duration::from_micros(100);
const SIDES: Sides<'static> = Sides { live: "main", made: "made" };
/// Those of this crate and of SQLite are nobody's read models.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table'
     AND name NOT LIKE 'lyceum!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
const COLUMNS: &str = "SELECT name, pk > 0 FROM pragma_table_info(?1)";

pub(crate) struct SqliteGeneration {
    /// Has the live file open as `main`, and the generation as `made`.
    connection: Connection,
    database: Arc<SqliteDatabase>,
    file: PathBuf,
    lock: Lock,
}

impl SqliteGeneration {
    pub(crate) async fn begin(
        live: &Path,
        service: &str,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, RebuildError> {
        if !live.is_file() {
            return Err(Error::Unavailable(format!("{} does not exist", live.display())).into());
        }
        let lock = Lock::take(beside(live, ".rebuild.lock"), service)?;
        let file = beside(live, ".rebuild");
        remove_database(&file)?;
        let database = SqliteDatabase::open(&file, service, options)?;
        database.migrate(migrations).await?;
        let connection = connect(live, &file).map_err(map)?;
        Ok(Self { connection, database, file, lock })
    }

    pub(crate) fn database(&self) -> Arc<dyn Database> {
        Arc::clone(&self.database) as _
    }

    pub(crate) fn filled(&self) -> Result<BTreeMap<String, u64>, Error> {
        // Of its own, since that one's transaction may see an older state.
        let connection = Connection::open(&self.file).map_err(map)?;
        let mut filled = BTreeMap::new();
        for name in names(&connection).map_err(map)? {
            let count = format!("SELECT count(*) FROM {}", quoted(&name));
            let rows: i64 = connection.query_row(&count, [], |row| row.get(0)).map_err(map)?;
            filled.insert(name, number(rows));
        }
        Ok(filled)
    }

    pub(crate) fn columns(&self, table: &str) -> Result<Vec<Column>, Error> {
        let connection = Connection::open(&self.file).map_err(map)?;
        columns(&connection, table).map_err(map)
    }

    pub(crate) fn differences(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        let transaction = self.connection.transaction().map_err(map)?;
        let count =
            |text: String| transaction.query_row(&text, [], |row| row.get(0)).map(number).map_err(map);
        tables
            .iter()
            .map(|table| {
                Ok(Difference {
                    table: table.name().to_owned(),
                    rows: count(table.count(SIDES))?,
                    written: count(table.count_to_write(SIDES))?,
                    removed: count(table.count_to_remove(SIDES))?,
                })
            })
            .collect()
    }

    /// Takes the place of the one that writes to the live file. Nothing is read yet, so that what is read afterwards is the
    /// generation as it is then; for the same reason it is no `BEGIN IMMEDIATE`, which is about both files.
    pub(crate) fn hold(&mut self, patience: Duration) -> Result<(), Error> {
        const HOLD: &str = "BEGIN; DELETE FROM main.lyceum_migration WHERE 0";
        let end = Instant::now() + patience;
        loop {
            let Err(error) = self.connection.execute_batch(HOLD) else { return Ok(()) };
            self.let_go()?;
            if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) {
                return Err(map(error));
            }
            if Instant::now() >= end {
                return Err(Error::Conflict);
            }
            std::thread::sleep(AGAIN);
        }
    }

    pub(crate) fn replace(&mut self, tables: &[Table]) -> Result<Vec<Difference>, Error> {
        if self.connection.is_autocommit() {
            return Err(Error::Invalid("nothing is held".into()));
        }
        let run = |text: String| self.connection.execute(&text, []).map_err(map);
        // Rows of two tables may refer to each other.
        self.connection.execute_batch("PRAGMA defer_foreign_keys = ON").map_err(map)?;
        let mut removed = Vec::with_capacity(tables.len());
        for table in tables.iter().rev() {
            removed.push(run(table.remove(SIDES))?);
        }
        let mut differences = Vec::with_capacity(tables.len());
        for (table, removed) in tables.iter().zip(removed.into_iter().rev()) {
            let written = run(table.write(SIDES))?;
            let rows = self.connection.query_row(&table.count(SIDES), [], |row| row.get(0)).map_err(map)?;
            differences.push(Difference {
                table: table.name().to_owned(),
                rows: number(rows),
                written: u64::try_from(written).unwrap_or(u64::MAX),
                removed: u64::try_from(removed).unwrap_or(u64::MAX),
            });
        }
        Ok(differences)
    }

    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        self.connection.execute_batch("COMMIT").map_err(map)
    }

    pub(crate) fn let_go(&mut self) -> Result<(), Error> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(map)
    }

    pub(crate) fn remove(self) -> Result<(), Error> {
        let Self { connection, database, file, lock } = self;
        drop((connection, database));
        remove_database(&file)?;
        lock.remove();
        Ok(())
    }
}

/// Applies migrations to a database in memory, and tells what they made.
pub(crate) fn tables(migrations: &[Migration]) -> Result<BTreeMap<String, Vec<Column>>, MigrationError> {
    let connection = Connection::open_in_memory().map_err(map)?;
    for migration in migrations {
        connection
            .execute_batch(&migration.sql)
            .map_err(|error| MigrationError::Failed { id: migration.id.clone(), error: map(error) })?;
    }
    let names = names(&connection).map_err(map)?.into_iter();
    names.map(|name| Ok((name.clone(), columns(&connection, &name).map_err(map)?))).collect()
}

fn names(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection.prepare(TABLES)?.query_map([], |row| row.get(0))?.collect()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let column = |row: &rusqlite::Row<'_>| Ok(Column { name: row.get(0)?, in_key: row.get(1)? });
    connection.prepare(COLUMNS)?.query_map([table], column)?.collect()
}

fn connect(live: &Path, made: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(live, flags)?;
    // This crate waits itself, with shorter pauses than SQLite's.
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let path = made.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(made.to_owned()))?;
    connection.execute("ATTACH ?1 AS made", [path])?;
    Ok(connection)
}

fn number(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

fn beside(file: &Path, rest: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(rest);
    name.into()
}

fn remove_database(file: &Path) -> Result<(), Error> {
    for file in ["", "-wal", "-shm", "-journal"].map(|rest| beside(file, rest)) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Unavailable(format!("remove {}: {error}", file.display())));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A file that one process at a time has locked, and removes when it is done.
struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    fn take(path: PathBuf, service: &str) -> Result<Self, RebuildError> {
        let unusable = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", path.display()));
        loop {
            let file = File::create(&path).map_err(unusable)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(RebuildError::InUse(service.to_owned())),
                Err(TryLockError::Error(error)) => return Err(unusable(error).into()),
            }
            // Its last owner may have removed it since it was opened here: then it keeps out nobody.
            let mine = file.metadata().map_err(unusable)?;
            let there = std::fs::metadata(&path);
            if there.is_ok_and(|there| (there.dev(), there.ino()) == (mine.dev(), mine.ino())) {
                return Ok(Self { file, path });
            }
        }
    }

    /// Nobody can have locked it meanwhile. If it can't be removed, the next one takes it as it is.
    fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
        drop(self.file);
    }
}
