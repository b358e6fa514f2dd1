//! What books tells others, and what it hears of genres.

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;

use crate::domain::{Book, Item};
use crate::store::genres;

pub(crate) fn book_added(book: &Book) -> BookAdded {
    let BookChanged {
        book_id,
        isbn,
        title,
        subtitle,
        contributors,
        genre_id,
        subjects,
        language,
        year,
        publisher,
        ..
    } = book_changed(book);
    let added_at = book.created_at;
    BookAdded {
        book_id,
        isbn,
        title,
        subtitle,
        contributors,
        genre_id,
        subjects,
        language,
        year,
        publisher,
        added_at,
    }
}

pub(crate) fn book_changed(book: &Book) -> BookChanged {
    let book = book.clone();
    BookChanged {
        book_id: book.id,
        isbn: book.isbn.map(|isbn| isbn.to_string()),
        title: book.title,
        subtitle: book.subtitle,
        contributors: book.contributors.0.into_iter().map(Into::into).collect(),
        genre_id: book.genre_id,
        subjects: book.subjects.0,
        language: book.language.map(|language| language.as_str().to_owned()),
        year: book.year,
        publisher: book.publisher,
        changed_at: book.updated_at,
    }
}

pub(crate) fn book_removed(book: &Book) -> BookRemoved {
    BookRemoved { book_id: book.id, removed_at: clock::now() }
}

pub(crate) fn item_added(item: &Item) -> ItemAdded {
    let Item { id: item_id, book_id, barcode, location, item_type, status, created_at: added_at, .. } =
        item.clone();
    ItemAdded { item_id, book_id, barcode, location, item_type, status, added_at }
}

pub(crate) fn item_changed(item: &Item) -> ItemChanged {
    let Item { id: item_id, book_id, barcode, location, item_type, status, updated_at: changed_at, .. } =
        item.clone();
    ItemChanged { item_id, book_id, barcode, location, item_type, status, changed_at }
}

pub(crate) fn item_removed(item: &Item) -> ItemRemoved {
    ItemRemoved { item_id: item.id, book_id: item.book_id, removed_at: clock::now() }
}

pub(crate) fn genre_added(projection: &Projection<'_>, genre: &GenreAdded) -> Result<(), EventError> {
    genres::seen(projection, genre.genre_id, !genre.archived)
}

pub(crate) fn genre_changed(projection: &Projection<'_>, genre: &GenreChanged) -> Result<(), EventError> {
    genres::seen(projection, genre.genre_id, !genre.archived)
}

pub(crate) fn genre_removed(projection: &Projection<'_>, genre: &GenreRemoved) -> Result<(), EventError> {
    genres::seen(projection, genre.genre_id, false)
}
