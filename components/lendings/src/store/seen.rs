//! What the catalogue and readers tell.

use lyceum_event_types::books::{Book, Item, ItemStatus};
use lyceum_event_types::readers::Reader;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const BOOKS: ReadModel = ReadModel::of("books_seen", &["book_id"], "books_sequence");
const ITEMS: ReadModel = ReadModel::of("items_seen", &["item_id"], "items_sequence");
const READERS: ReadModel = ReadModel::of("readers_seen", &["reader_id"], "readers_sequence");

/// Nobody wants to know more of a copy or a reader that is gone.
const NOTHING: &str = "";

/// A book is there.
pub(crate) fn book(projection: &Projection<'_>, book: &Book) -> Result<(), EventError> {
    let values = [
        ("title", book.title.as_str().into_value()),
        ("isbn", book.isbn.as_deref().into_value()),
        ("genre_id", book.genre_id.into_value()),
        ("removed", false.into_value()),
    ];
    projection.upsert(&BOOKS, params![book.book_id], &values).commit()
}

/// A book is gone, and its ISBN may be another one's. What it was called is said of the lendings that there were.
pub(crate) fn no_book(projection: &Projection<'_>, book_id: Uuid) -> Result<(), EventError> {
    let values = [("isbn", Value::Null), ("removed", true.into_value())];
    projection.upsert(&BOOKS, params![book_id], &values).commit()
}

/// A copy is there.
pub(crate) fn item(projection: &Projection<'_>, item: &Item) -> Result<(), EventError> {
    let values = [
        ("book_id", item.book_id.into_value()),
        ("barcode", item.barcode.as_str().into_value()),
        ("location", item.location.as_deref().into_value()),
        ("item_type", item.item_type.as_deref().into_value()),
        ("status", item.status.into_value()),
        ("removed", false.into_value()),
    ];
    projection.upsert(&ITEMS, params![item.item_id], &values).commit()
}

/// A copy is gone, and its barcode may be another one's.
pub(crate) fn no_item(projection: &Projection<'_>, item_id: Uuid, book_id: Uuid) -> Result<(), EventError> {
    let values = [
        ("book_id", book_id.into_value()),
        ("barcode", NOTHING.into_value()),
        ("status", ItemStatus::Withdrawn.into_value()),
        ("removed", true.into_value()),
    ];
    projection.upsert(&ITEMS, params![item_id], &values).commit()
}

/// A reader is there, unless that person's data was erased.
pub(crate) fn reader(projection: &Projection<'_>, reader: &Reader) -> Result<(), EventError> {
    if lyceum_kit::erasure::is_erased(reader.user_id)? {
        return Ok(());
    }
    let values = [
        ("number", reader.number.as_str().into_value()),
        ("user_id", reader.user_id.into_value()),
        ("category", reader.category.as_str().into_value()),
        ("blocked", reader.blocked.into_value()),
        ("removed", false.into_value()),
    ];
    projection.upsert(&READERS, params![reader.reader_id], &values).commit()
}

/// Fails unless everything is known here that was told of a copy up to this event, which a reaction to it needs.
pub(crate) fn follows(item_id: Uuid, received: &Received) -> Result<(), EventError> {
    let text = "SELECT items_sequence FROM items_seen WHERE item_id = $1";
    let known: Option<(i64,)> = query_optional(statement(text, params![item_id]))?;
    let told = received.sequence.and_then(|sequence| i64::try_from(sequence).ok()).unwrap_or_default();
    match known {
        Some((known,)) if known >= told => Ok(()),
        _ => Err(EventError::not_yet("the row of items_seen with this event")),
    }
}

/// Whether it is known that a reader is gone.
pub(crate) fn is_removed(reader_id: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT reader_id FROM readers_seen WHERE reader_id = $1 AND removed = TRUE";
    Ok(query_optional::<(Uuid,)>(statement(text, params![reader_id]))?.is_some())
}

/// A reader is gone.
pub(crate) fn no_reader(
    projection: &Projection<'_>,
    reader_id: Uuid,
    user_id: UserId,
) -> Result<(), EventError> {
    if lyceum_kit::erasure::is_erased(user_id)? {
        return Ok(());
    }
    let values = [
        ("number", NOTHING.into_value()),
        ("user_id", user_id.into_value()),
        ("category", NOTHING.into_value()),
        ("removed", true.into_value()),
    ];
    projection.upsert(&READERS, params![reader_id], &values).commit()
}
