//! Putting a copy of the log in its place.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::{lock, progress as kept, schema};
use crate::backup::ConsumerProgress;
use crate::clock::micros;
use crate::error::Error;
use crate::{DeadLetter, EventRecord};

/// The bus's file, which nobody else can open meanwhile.
pub(crate) struct FileTarget {
    path: PathBuf,
    unfinished: PathBuf,
    connection: Option<Connection>,
    _lock: File,
}

impl FileTarget {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let lock = lock(path, Duration::ZERO)?;
        let unfinished = beside(path, ".restoring");
        Ok(Self { path: path.to_owned(), unfinished, connection: None, _lock: lock })
    }

    pub(crate) fn occupied(&self) -> Option<String> {
        // A log of writes that its file left behind would be taken for the new one's.
        let files = ["", "-wal", "-shm"].map(|rest| beside(&self.path, rest));
        files.iter().find(|file| file.exists()).map(|file| format!("the file {}", file.display()))
    }

    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        // What an earlier attempt left.
        for rest in ["", "-wal", "-shm"] {
            match std::fs::remove_file(beside(&self.unfinished, rest)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        self.connection = Some(schema::create(&self.unfinished)?);
        Ok(())
    }

    pub(crate) fn append(&mut self, events: &[(EventRecord, bool)]) -> Result<(), Error> {
        let transaction = self.connection()?.unchecked_transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO event (position, id, kind, aggregate_type, aggregate_id, sequence, published_at, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
            )?;
            for (EventRecord { position, published_at, event }, _) in events {
                insert.execute(params![
                    position,
                    event.id,
                    event.kind,
                    event.aggregate_type,
                    event.aggregate_id,
                    i64::try_from(event.sequence).unwrap_or(i64::MAX),
                    micros(*published_at),
                    &event.body[..],
                ])?;
            }
        }
        Ok(transaction.commit()?)
    }

    pub(crate) fn finish(
        mut self,
        through: i64,
        progress: &[ConsumerProgress],
        letters: &[DeadLetter],
    ) -> Result<(), Error> {
        let transaction = self.connection()?.unchecked_transaction()?;
        for of in progress {
            transaction.execute(
                "INSERT INTO consumer (name, mode, floor, clean) VALUES (?1, 'reaction', ?2, 0)",
                params![of.consumer, of.floor],
            )?;
            if let Some(starts) = &of.starts {
                kept::put_starts(&transaction, &of.consumer, starts)?;
            }
            for lane in &of.lanes {
                transaction.execute(
                    "INSERT INTO cursor (consumer, aggregate_type, aggregate_id, finished, attempts, due_at, error)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        of.consumer,
                        lane.aggregate_type,
                        lane.aggregate_id,
                        lane.finished,
                        lane.attempts,
                        lane.due_at,
                        lane.error
                    ],
                )?;
            }
        }
        for letter in letters {
            transaction.execute(
                "INSERT INTO dead_letter (consumer, position, attempts, error, died_at, replay)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    letter.consumer,
                    letter.record.position,
                    letter.attempts,
                    letter.error,
                    micros(letter.died_at),
                    letter.replaying
                ],
            )?;
        }
        // No position is given out a second time, even if no event is there any more.
        transaction.execute("DELETE FROM sqlite_sequence WHERE name = 'event'", [])?;
        transaction.execute(
            "INSERT INTO sqlite_sequence (name, seq)
             SELECT 'event', MAX(?1, COALESCE((SELECT MAX(position) FROM event), 0))",
            [through],
        )?;
        transaction.commit()?;
        // Closed, it is one file.
        if let Some(connection) = self.connection.take() {
            connection.close().map_err(|(_, error)| error)?;
        }
        File::open(&self.unfinished)?.sync_all()?;
        std::fs::rename(&self.unfinished, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_ref().ok_or_else(|| Error::Storage("the log was not begun".to_owned()))
    }
}

fn beside(file: &Path, rest: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(rest);
    name.into()
}
