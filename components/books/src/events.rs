//! What books tells others, and what it hears of genres, authors and lendings.

use lyceum_event_types::authors::{AuthorAdded, AuthorChanged, AuthorRemoved};
use lyceum_event_types::books::{
    self, BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved,
};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_event_types::lendings::{
    HoldCancelled, HoldDelayed, HoldExpired, HoldReady, LendingReturned, LendingStarted,
};
use lyceum_event_types::readers::{ReaderAdded, ReaderChanged, ReaderRemoved};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;
use lyceum_kit::sql::{Table as _, Versioned as _};

use crate::domain::{Book, Item};
use crate::store::{authors, genres, items, lendings};

fn said_of(book: &Book) -> books::Book {
    let book = book.clone();
    books::Book {
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
    }
}

pub(crate) fn book_added(book: &Book) -> BookAdded {
    BookAdded { book: said_of(book), added_at: book.created_at }
}

pub(crate) fn book_changed(book: &Book) -> BookChanged {
    BookChanged { book: said_of(book), changed_at: book.updated_at }
}

pub(crate) fn book_removed(book: &Book) -> BookRemoved {
    BookRemoved { book_id: book.id, removed_at: clock::now() }
}

pub(crate) fn item_added(item: &Item) -> ItemAdded {
    ItemAdded { item: item_told(item), added_at: item.created_at }
}

pub(crate) fn item_changed(item: &Item) -> ItemChanged {
    ItemChanged { item: item_told(item), changed_at: item.updated_at }
}

fn item_told(item: &Item) -> books::Item {
    let Item { id: item_id, book_id, barcode, location, item_type, status, .. } = item.clone();
    books::Item { item_id, book_id, barcode, location, item_type, status }
}

pub(crate) fn item_removed(item: &Item) -> ItemRemoved {
    ItemRemoved { item_id: item.id, book_id: item.book_id, removed_at: clock::now() }
}

pub(crate) fn genre_added(projection: &Projection<'_>, genre: &GenreAdded) -> Result<(), EventError> {
    genres::seen(projection, genre.genre_id, &genre.name, !genre.archived)
}

pub(crate) fn genre_changed(projection: &Projection<'_>, genre: &GenreChanged) -> Result<(), EventError> {
    genres::seen(projection, genre.genre_id, &genre.name, !genre.archived)
}

pub(crate) fn genre_removed(projection: &Projection<'_>, genre: &GenreRemoved) -> Result<(), EventError> {
    genres::removed(projection, genre.genre_id)
}

pub(crate) fn author_added(projection: &Projection<'_>, author: &AuthorAdded) -> Result<(), EventError> {
    authors::seen(projection, author.author_id, author.number, Some(&author.name))
}

pub(crate) fn author_changed(projection: &Projection<'_>, author: &AuthorChanged) -> Result<(), EventError> {
    authors::seen(projection, author.author_id, author.number, Some(&author.name))
}

pub(crate) fn author_removed(projection: &Projection<'_>, author: &AuthorRemoved) -> Result<(), EventError> {
    authors::seen(projection, author.author_id, author.number, None)
}

/// What was lent is on loan. If that fulfils a hold for which another copy was kept, that one is free.
pub(crate) fn lending_started(received: &Received, lending: &LendingStarted) -> Result<(), EventError> {
    let LendingStarted { lending_id, book_id, item_id, hold_id, started_at, .. } = *lending;
    again(|| {
        let began = lendings::started(lending_id, book_id, &lending.started_on, hold_id);
        let mut news = news(item_id, |item| item.lent(lending_id, started_at, hold_id))?;
        let mut transaction = received.begin().execute(began);
        if let Some(hold_id) = hold_id {
            news.extend(others(hold_id, item_id)?);
            transaction = follow(transaction, &news);
            // Nothing was kept for it at this moment either.
            transaction = transaction
                .execute(items::kept_for(hold_id).expect_rows(0))
                .on_missing(Problem::changed_meanwhile);
        } else {
            transaction = follow(transaction, &news);
        }
        transaction.commit()?;
        Ok(())
    })
}

/// What came back is available. It was out for as many days as dates lie between.
pub(crate) fn lending_returned(received: &Received, lending: &LendingReturned) -> Result<(), EventError> {
    let days = Day::of(lending.returned_at).days_since(Day::of(lending.started_at));
    again(|| {
        let ended = lendings::returned(lending.lending_id, days);
        let news = news(lending.item_id, |item| item.came_back(lending.lending_id, lending.started_at))?;
        follow(received.begin().execute(ended), &news).commit()?;
        Ok(())
    })
}

/// What is kept for somebody can't be had by others, unless they have borrowed a copy already. What was kept for them before is
/// free.
pub(crate) fn hold_ready(received: &Received, hold: &HoldReady) -> Result<(), EventError> {
    let HoldReady { hold_id, item_id, ready_at, .. } = *hold;
    again(|| {
        if query_optional::<(Uuid,)>(lendings::fulfilling(hold_id))?.is_some() {
            return Ok(());
        }
        let mut news = news(Some(item_id), |item| item.kept(hold_id, ready_at))?;
        news.extend(others(hold_id, Some(item_id))?);
        let unless = lendings::fulfilling(hold_id).expect_rows(0);
        follow(received.begin().execute(unless).on_missing(Problem::changed_meanwhile), &news).commit()?;
        Ok(())
    })
}

/// What is kept no more is available.
pub(crate) fn hold_cancelled(received: &Received, hold: &HoldCancelled) -> Result<(), EventError> {
    hold_ended(received, hold.hold_id)
}

/// See [`hold_cancelled`].
pub(crate) fn hold_expired(received: &Received, hold: &HoldExpired) -> Result<(), EventError> {
    hold_ended(received, hold.hold_id)
}

/// The reader waits for another copy: see [`hold_cancelled`].
pub(crate) fn hold_delayed(received: &Received, hold: &HoldDelayed) -> Result<(), EventError> {
    hold_ended(received, hold.hold_id)
}

fn hold_ended(received: &Received, hold_id: Uuid) -> Result<(), EventError> {
    again(|| {
        let kept = others(hold_id, None)?;
        if !kept.is_empty() {
            follow(received.begin(), &kept).commit()?;
        }
        Ok(())
    })
}

/// A copy as it is next and as it is now.
type News = (Item, Item);

/// What becomes of this copy, if anything. One that is gone was deleted before it was heard of here that it was lent; a book may be
/// lent without saying which copy.
fn news(item_id: Option<Uuid>, next: impl FnOnce(&Item) -> Option<Item>) -> Result<Vec<News>, SqlError> {
    let Some(item_id) = item_id else { return Ok(Vec::new()) };
    let found: Option<Item> = query_optional(Item::select("WHERE id = $1", params![item_id]))?;
    Ok(found.and_then(|item| Some((next(&item)?, item))).into_iter().collect())
}

/// What becomes of the copy that was kept for a hold last, if that isn't this one: it is kept for it no more.
fn others(hold_id: Uuid, item_id: Option<Uuid>) -> Result<Vec<News>, SqlError> {
    let kept = items::of_hold(hold_id)?.filter(|item| Some(item.id) != item_id);
    Ok(kept.and_then(|item| Some((item.released(hold_id)?, item))).into_iter().collect())
}

/// Adds what becomes of copies to a transaction.
fn follow(mut transaction: Transaction<Silent>, news: &[News]) -> Transaction<Silent> {
    for (next, item) in news {
        let statuses = (Some(item.status), Some(next.status));
        transaction = items::count(transaction, item.book_id, statuses, Problem::changed_meanwhile)
            .execute(next.update())
            .on_missing(Problem::changed_meanwhile);
        if next.status != item.status {
            transaction = transaction.publish(&item_changed(next));
        }
    }
    transaction
}

/// Does this anew if somebody else changed what it read in the meantime: news of a lending and of a hold, which one commit told,
/// often come at the same moment, and are about the same copy.
fn again(attempt: impl FnMut() -> Result<(), Problem>) -> Result<(), EventError> {
    lyceum_kit::again::again(attempt).map_err(|problem| {
        let changes = problem.code() == Problem::changed_meanwhile().code();
        if changes { EventError::unavailable(problem.detail()) } else { problem.into() }
    })
}

pub(crate) fn reader_added(projection: &Projection<'_>, reader: &ReaderAdded) -> Result<(), EventError> {
    lendings::reader(projection, &reader.reader)
}

pub(crate) fn reader_changed(projection: &Projection<'_>, reader: &ReaderChanged) -> Result<(), EventError> {
    lendings::reader(projection, &reader.reader)
}

pub(crate) fn reader_removed(projection: &Projection<'_>, reader: &ReaderRemoved) -> Result<(), EventError> {
    lendings::no_reader(projection, reader.reader_id)
}
