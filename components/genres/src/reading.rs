//! What genres hears of books and lendings, for its reports. No person is in it.

use lyceum_event_types::books::{Book, BookAdded, BookChanged, BookRemoved};
use lyceum_event_types::lendings::{LendingReturned, LendingStarted};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const BOOKS: ReadModel = ReadModel::of("books_seen", &["book_id"], "books_sequence");
const LENDINGS: ReadModel = ReadModel::of("lendings_seen", &["lending_id"], "lendings_sequence");

pub(crate) fn book_added(projection: &Projection<'_>, book: &BookAdded) -> Result<(), EventError> {
    book_seen(projection, &book.book)
}

pub(crate) fn book_changed(projection: &Projection<'_>, book: &BookChanged) -> Result<(), EventError> {
    book_seen(projection, &book.book)
}

pub(crate) fn book_removed(projection: &Projection<'_>, book: &BookRemoved) -> Result<(), EventError> {
    projection.upsert(&BOOKS, params![book.book_id], &[("genre_id", Value::Null)]).commit()
}

fn book_seen(projection: &Projection<'_>, book: &Book) -> Result<(), EventError> {
    projection.upsert(&BOOKS, params![book.book_id], &[("genre_id", book.genre_id.into_value())]).commit()
}

pub(crate) fn lent(projection: &Projection<'_>, lending: &LendingStarted) -> Result<(), EventError> {
    let values =
        [("genre_id", lending.genre_id.into_value()), ("started_on", (&lending.started_on).into_value())];
    projection.upsert(&LENDINGS, params![lending.lending_id], &values).commit()
}

/// It lasted as many days as dates lie between.
pub(crate) fn returned(projection: &Projection<'_>, lending: &LendingReturned) -> Result<(), EventError> {
    let days = Day::of(lending.returned_at).days_since(Day::of(lending.started_at));
    projection.update(&LENDINGS, params![lending.lending_id], &[("days", days.into_value())]).commit()
}
