//! What can go wrong with the bus itself.

use std::path::PathBuf;

/// Why a call to the bus or its ledger failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or the server can't be read or written: full, locked, gone, damaged.
    #[error("the event log failed: {0}")]
    Storage(String),
    /// Another process delivers from this file.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// There is no such file.
    #[error("{} does not exist", .0.display())]
    NoSuchFile(PathBuf),
    /// The file was written by a newer version.
    #[error("the event file has format {found}, this version reads up to {known}")]
    NewerFormat {
        /// The format found in the file.
        found: i64,
        /// The newest format that this version knows.
        known: i64,
    },
    /// A consumer of this name is already subscribed in this process.
    #[error("the consumer {0:?} is already subscribed")]
    AlreadySubscribed(String),
    /// The consumer has no such dead letter.
    #[error("no dead letter {event} of consumer {consumer}")]
    NoSuchDeadLetter {
        /// The consumer asked for.
        consumer: String,
        /// The id of the event asked for.
        event: String,
    },
    /// Nobody has subscribed under this name yet.
    #[error("there is no consumer {0}")]
    NoSuchConsumer(String),
    /// A cursor that no page gave.
    #[error("the cursor {0:?} is not one that was given out")]
    BadCursor(String),
    /// Another host has taken over what this one was delivering, or an operator wants it delivered anew.
    #[error("another host has taken over, or an operator has rewound the consumer")]
    Superseded,
    /// The address of the event server can't be used.
    #[error("the event server's address: {0}")]
    Address(String),
    /// The bus was shut down.
    #[error("the bus is shut down")]
    ShutDown,
}

impl Error {
    /// An event server's error, with what led to it.
    pub(crate) fn storage(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(error), |error| error.source());
        Self::Storage(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(error.to_string())
    }
}
