//! Which books name which authors, and which are lent, as events say.

use std::collections::BTreeSet;

use lyceum_event_types::books::{Book, BookAdded, BookChanged, BookRemoved};
use lyceum_event_types::lendings::LendingStarted;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const LENDINGS: ReadModel = ReadModel::of("lendings_seen", &["lending_id"], "lendings_sequence");
const BOOKS: ReadModel = ReadModel::of("books_seen", &["book_id"], "books_sequence");

/// A book is there.
pub(crate) fn added(projection: &Projection<'_>, book: &BookAdded) -> Result<(), EventError> {
    seen(projection, &book.book)
}

/// A book is another one now, or others wrote it.
pub(crate) fn changed(projection: &Projection<'_>, book: &BookChanged) -> Result<(), EventError> {
    seen(projection, &book.book)
}

/// A book is gone.
pub(crate) fn removed(projection: &Projection<'_>, book: &BookRemoved) -> Result<(), EventError> {
    let nothing = [("title", "".into_value()), ("isbn", Value::Null), ("removed", true.into_value())];
    projection
        .upsert(&BOOKS, params![book.book_id], &nothing)
        .execute(written_by_nobody(book.book_id))
        .commit()
}

/// A book was lent.
pub(crate) fn lent(projection: &Projection<'_>, lending: &LendingStarted) -> Result<(), EventError> {
    projection
        .upsert(&LENDINGS, params![lending.lending_id], &[("book_id", lending.book_id.into_value())])
        .commit()
}

fn seen(projection: &Projection<'_>, book: &Book) -> Result<(), EventError> {
    let Book { book_id, title, isbn, contributors, .. } = book;
    let values =
        [("title", title.into_value()), ("isbn", isbn.into_value()), ("removed", false.into_value())];
    let authors: BTreeSet<Uuid> =
        contributors.iter().filter_map(|contributor| contributor.author_id).collect();
    projection
        .upsert(&BOOKS, params![*book_id], &values)
        .execute(written_by_nobody(*book_id))
        .execute_all(authors.into_iter().map(|author_id| written_by(author_id, *book_id)))
        .commit()
}

fn written_by_nobody(book_id: Uuid) -> Statement {
    statement("DELETE FROM book_authors WHERE book_id = $1", params![book_id])
}

fn written_by(author_id: Uuid, book_id: Uuid) -> Statement {
    statement("INSERT INTO book_authors (author_id, book_id) VALUES ($1, $2)", params![author_id, book_id])
}
