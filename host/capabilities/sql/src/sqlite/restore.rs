//! Putting a copy in its place.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::map;
use crate::Error;

pub(crate) struct SqliteTarget {
    file: PathBuf,
}

impl SqliteTarget {
    pub(crate) fn new(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    pub(crate) fn occupied(&self) -> Option<String> {
        // A log of writes that its file left behind would be taken for the new one's.
        let files = ["", "-wal", "-shm", "-journal"].map(|rest| beside(&self.file, rest));
        files.iter().find(|file| file.exists()).map(|file| format!("the file {}", file.display()))
    }

    pub(crate) fn restore(&self, copy: &Path, passed: i64) -> Result<(), Error> {
        let unusable =
            |error: std::io::Error| Error::Unavailable(format!("{}: {error}", self.file.display()));
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(unusable)?;
        }
        // Under its own name only when it is whole.
        let unfinished = beside(&self.file, ".restoring");
        std::fs::copy(copy, &unfinished).map_err(unusable)?;
        let connection = Connection::open(&unfinished).map_err(map)?;
        connection
            .execute("UPDATE lyceum_once SET expires = expires + ?1 WHERE expires IS NOT NULL", [passed])
            .map_err(map)?;
        connection.close().map_err(|(_, error)| map(error))?;
        let place = || {
            File::open(&unfinished)?.sync_all()?;
            std::fs::rename(&unfinished, &self.file)?;
            self.file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        };
        place().map_err(unusable)
    }
}

fn beside(file: &Path, rest: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(rest);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_expires_does_so_later_by_the_age_of_the_copy() {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("sql/things.db"), folder.path().join("copy.db"));
        let made = Connection::open(&copy).unwrap();
        made.execute_batch(
            "CREATE TABLE lyceum_once (expires BIGINT); INSERT INTO lyceum_once VALUES (7), (NULL)",
        )
        .unwrap();
        let target = SqliteTarget::new(&file);
        assert_eq!(target.occupied(), None);
        target.restore(&copy, 30).unwrap();
        assert!(target.occupied().unwrap().contains("things.db"));
        let restored = Connection::open(&file).unwrap();
        let read = "SELECT sum(expires), count(*) FROM lyceum_once";
        let found: (i64, i64) = restored.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(found, (37, 2));
    }
}
