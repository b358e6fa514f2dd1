//! Readers: the people who borrow.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// What is said of a reader.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reader {
    /// The reader's record.
    pub reader_id: Uuid,
    /// The year and a count from 1 in it, such as `2026/17`; no other reader has it.
    pub number: String,
    /// Their account.
    pub user_id: UserId,
    /// Their name.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// By which rules of circulation tell readers apart.
    pub category: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// Their telephone.
    pub phone_number: Option<String>,
    /// The names of genres that they like.
    pub interests: Vec<String>,
    /// Whether a librarian says that they may borrow nothing.
    pub blocked: bool,
}

/// Somebody became a reader.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReaderAdded {
    /// The reader; its fields are the event's own.
    #[serde(flatten)]
    pub reader: Reader,
    /// When they were added.
    pub added_at: Timestamp,
}
event!(ReaderAdded, "lyceum.readers.ReaderAdded.v1", about "reader" in reader.reader_id);

/// A reader as they are now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReaderChanged {
    /// The reader; its fields are the event's own.
    #[serde(flatten)]
    pub reader: Reader,
    /// When they were changed.
    pub changed_at: Timestamp,
}
event!(ReaderChanged, "lyceum.readers.ReaderChanged.v1", about "reader" in reader.reader_id);

/// Somebody is a reader no more.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReaderRemoved {
    /// The reader's record.
    pub reader_id: Uuid,
    /// Their account.
    pub user_id: UserId,
    /// When they were removed.
    pub removed_at: Timestamp,
}
event!(ReaderRemoved, "lyceum.readers.ReaderRemoved.v1", about "reader" in reader_id);
