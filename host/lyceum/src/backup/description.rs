//! What `backup.json` says of a backup.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The version of the format that this program writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// A whole backup. It is written last: a folder without it is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) format: u32,
    /// The version of the program that wrote it.
    pub(crate) lyceum: String,
    /// The application's name.
    pub(crate) application: String,
    /// The moment that the data are of.
    pub(crate) moment: String,
    /// For how long writers waited.
    pub(crate) held_milliseconds: f64,
    /// Each service's database.
    pub(crate) sql: BTreeMap<String, Copy>,
    /// Each service's documents.
    pub(crate) documents: BTreeMap<String, Copy>,
    pub(crate) events: Events,
    pub(crate) blobs: Blobs,
    /// Whether the root secret is in it.
    pub(crate) root_secret: bool,
    /// Every file but this one and those of blobs, which `blobs.jsonl` lists.
    pub(crate) files: BTreeMap<String, Sum>,
}

/// The kind of store that something was copied from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    Mongodb,
    Embedded,
    Jetstream,
    Folder,
    S3,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mongodb => "MongoDB",
            Self::Embedded => "a file",
            Self::Jetstream => "NATS",
            Self::Folder => "a folder",
            Self::S3 => "S3",
        })
    }
}

/// The copy of one service's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Copy {
    pub(crate) store: Kind,
    /// The file in the backup, or the folder.
    pub(crate) file: String,
}

/// The copy of the event log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Events {
    pub(crate) store: Kind,
    /// How many events there are.
    pub(crate) count: u64,
    /// The position of the first.
    pub(crate) first: i64,
    /// Where the log ended when progress was copied: up to here, positions are those that progress means.
    pub(crate) through: i64,
    /// How many consumers' progress there is, or parts of it.
    pub(crate) progress: u64,
    pub(crate) dead_letters: u64,
    /// How many events of later than the moment were left out.
    pub(crate) left_out: u64,
}

/// The copies of objects.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Blobs {
    pub(crate) store: Kind,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
}

/// What a file was when it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) bytes: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

impl Description {
    /// The moment in microseconds since 1970.
    pub(crate) fn taken(&self) -> Result<i64> {
        let moment: jiff::Timestamp =
            self.moment.parse().with_context(|| format!("read the time {:?}", self.moment))?;
        Ok(moment.as_microsecond())
    }
}
