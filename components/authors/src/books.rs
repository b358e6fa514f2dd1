//! Which books name which authors, as the events of books say.

use std::collections::BTreeSet;

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved, Contributor};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const BOOKS: ReadModel = ReadModel::of("books_seen", &["book_id"], "books_sequence");

/// A book is there.
pub(crate) fn added(projection: &Projection<'_>, book: &BookAdded) -> Result<(), EventError> {
    let BookAdded { book_id, title, isbn, contributors, .. } = book;
    seen(projection, *book_id, title, isbn.as_ref(), contributors)
}

/// A book is another one now, or others wrote it.
pub(crate) fn changed(projection: &Projection<'_>, book: &BookChanged) -> Result<(), EventError> {
    let BookChanged { book_id, title, isbn, contributors, .. } = book;
    seen(projection, *book_id, title, isbn.as_ref(), contributors)
}

/// A book is gone.
pub(crate) fn removed(projection: &Projection<'_>, book: &BookRemoved) -> Result<(), EventError> {
    let nothing = [("title", "".into_value()), ("isbn", Value::Null), ("removed", true.into_value())];
    projection
        .upsert(&BOOKS, params![book.book_id], &nothing)
        .execute(written_by_nobody(book.book_id))
        .commit()
}

fn seen(
    projection: &Projection<'_>,
    book_id: Uuid,
    title: &str,
    isbn: Option<&String>,
    contributors: &[Contributor],
) -> Result<(), EventError> {
    let values =
        [("title", title.into_value()), ("isbn", isbn.into_value()), ("removed", false.into_value())];
    let authors: BTreeSet<Uuid> =
        contributors.iter().filter_map(|contributor| contributor.author_id).collect();
    projection
        .upsert(&BOOKS, params![book_id], &values)
        .execute(written_by_nobody(book_id))
        .execute_all(authors.into_iter().map(|author_id| written_by(author_id, book_id)))
        .commit()
}

fn written_by_nobody(book_id: Uuid) -> Statement {
    statement("DELETE FROM book_authors WHERE book_id = $1", params![book_id])
}

fn written_by(author_id: Uuid, book_id: Uuid) -> Statement {
    statement("INSERT INTO book_authors (author_id, book_id) VALUES ($1, $2)", params![author_id, book_id])
}
