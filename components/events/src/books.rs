//! The catalogue: titles, and the copies of them.
//!
//! Each event names its book: whoever keeps an answer about the catalogue drops what it has of that book, and of lists.

use lyceum_kit::{
    prelude::{Timestamp, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

/// Who took part in a book.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Contributor {
    /// The author's record, if there is one.
    pub author_id: Option<Uuid>,
    /// As it stands on the book.
    pub name: String,
    /// Such as `author`; there may be more of them one day.
    pub role: String,
}

/// An import or an export is to go on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.books.JobContinued.v1", about "job" in job_id);

/// What is said of a book.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Book {
    /// The book.
    pub book_id: Uuid,
    /// ISBN-13, digits alone, which no other book has; many books have none.
    pub isbn: Option<String>,
    /// Its title.
    pub title: String,
    /// What follows the title.
    pub subtitle: Option<String>,
    /// In the order in which they stand on the book.
    pub contributors: Vec<Contributor>,
    /// Its genre.
    pub genre_id: Option<Uuid>,
    /// What it is about.
    pub subjects: Vec<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// When it was published.
    pub year: Option<i64>,
    /// Who published it.
    pub publisher: Option<String>,
}

/// A librarian added a book.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BookAdded {
    /// The book; its fields are the event's own.
    #[serde(flatten)]
    pub book: Book,
    /// When it was added.
    pub added_at: Timestamp,
}
event!(BookAdded, "lyceum.books.BookAdded.v1", about "book" in book.book_id);

/// A librarian changed a book: the book as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BookChanged {
    /// The book; its fields are the event's own.
    #[serde(flatten)]
    pub book: Book,
    /// When it was changed.
    pub changed_at: Timestamp,
}
event!(BookChanged, "lyceum.books.BookChanged.v1", about "book" in book.book_id);

/// A book without copies is gone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BookRemoved {
    /// The book.
    pub book_id: Uuid,
    /// When it was deleted.
    pub removed_at: Timestamp,
}
event!(BookRemoved, "lyceum.books.BookRemoved.v1", about "book" in book_id);

text_enum! {
    /// Where a copy is, as far as the library knows.
    pub enum ItemStatus {
        /// On its shelf.
        Available = "available",
        /// Somebody has it.
        OnLoan = "on_loan",
        /// It is kept for somebody who waited for it and hasn't fetched it yet.
        AwaitingPickup = "awaiting_pickup",
        /// It is being mended.
        InRepair = "in_repair",
        /// Nobody knows where it is.
        Lost = "lost",
        /// It belongs to the library no more.
        Withdrawn = "withdrawn",
    }
}

/// What is said of a copy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Item {
    /// The copy.
    pub item_id: Uuid,
    /// The book that it is a copy of.
    pub book_id: Uuid,
    /// Which no other copy has.
    pub barcode: String,
    /// Where it stands.
    pub location: Option<String>,
    /// What kind of thing it is, such as `dvd`, where rules of circulation tell kinds apart.
    #[serde(default)]
    pub item_type: Option<String>,
    /// Where it is.
    pub status: ItemStatus,
}

/// A book has one more copy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ItemAdded {
    /// The copy; its fields are the event's own.
    #[serde(flatten)]
    pub item: Item,
    /// When it was added.
    pub added_at: Timestamp,
}
event!(ItemAdded, "lyceum.books.ItemAdded.v1", about "item" in item.item_id);

/// A copy was lent, kept for somebody, came back, was moved or got another label: the copy as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ItemChanged {
    /// The copy; its fields are the event's own.
    #[serde(flatten)]
    pub item: Item,
    /// When it was changed.
    pub changed_at: Timestamp,
}
event!(ItemChanged, "lyceum.books.ItemChanged.v1", about "item" in item.item_id);

/// A copy is gone from the catalogue.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ItemRemoved {
    /// The copy.
    pub item_id: Uuid,
    /// The book that it was a copy of.
    pub book_id: Uuid,
    /// When it was deleted.
    pub removed_at: Timestamp,
}
event!(ItemRemoved, "lyceum.books.ItemRemoved.v1", about "item" in item_id);
