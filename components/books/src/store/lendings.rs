//! How often and how long books are lent, and what readers like, as far as that was told.

use lyceum_event_types::readers::Reader;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const READERS: ReadModel = ReadModel::of("readers_seen", &["reader_id"], "readers_sequence");

/// A book and how often it was lent.
#[derive(Debug)]
pub(crate) struct Lent {
    pub(crate) book_id: Uuid,
    pub(crate) count: i64,
}
from_row!(Lent { book_id, count });

/// How long a book's lendings lasted that came back.
#[derive(Debug)]
pub(crate) struct Durations {
    /// Of them.
    pub(crate) count: i64,
    /// Of all of them together.
    pub(crate) days: i64,
}
from_row!(Durations { count, days });

/// A lending began, which may fulfil a hold.
pub(crate) fn started(lending_id: Uuid, book_id: Uuid, started_on: &str, hold_id: Option<Uuid>) -> Statement {
    let text = "INSERT INTO lendings_seen (lending_id, book_id, started_on, hold_id) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (lending_id) DO NOTHING";
    statement(text, params![lending_id, book_id, started_on, hold_id])
}

/// The lending that fulfilled a hold, if that was told.
pub(crate) fn fulfilling(hold_id: Uuid) -> Statement {
    statement("SELECT lending_id FROM lendings_seen WHERE hold_id = $1 LIMIT 1", params![hold_id])
}

/// It came back after so many days.
pub(crate) fn returned(lending_id: Uuid, days: u32) -> Statement {
    statement("UPDATE lendings_seen SET days = $2 WHERE lending_id = $1", params![lending_id, days])
}

/// The books with an ISBN that were lent most often since that day; of two as often, the first by title.
pub(crate) fn most_lent(since: &str, most: u32) -> Result<Vec<Lent>, SqlError> {
    let text = "SELECT books.id AS book_id, COUNT(*) AS count FROM lendings_seen \
                JOIN books ON books.id = lendings_seen.book_id \
                WHERE lendings_seen.started_on >= $1 AND books.isbn IS NOT NULL \
                GROUP BY books.id, books.title_folded ORDER BY count DESC, books.title_folded, books.id LIMIT $2";
    query_all(statement(text, params![since, most]))
}

/// Of the lendings of this book that came back.
pub(crate) fn durations(book_id: Uuid) -> Result<Durations, SqlError> {
    let text = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(days), 0) AS BIGINT) AS days FROM lendings_seen \
                WHERE book_id = $1 AND days IS NOT NULL";
    query_one(statement(text, params![book_id]))
}

/// A reader likes these genres, by their names.
pub(crate) fn reader(projection: &Projection<'_>, reader: &Reader) -> Result<(), EventError> {
    let interests = AsJson(reader.interests.clone());
    let values = [("user_id", reader.user_id.into_value()), ("interests", interests.into_value())];
    projection.upsert(&READERS, params![reader.reader_id], &values).commit()
}

/// Somebody is a reader no more.
pub(crate) fn no_reader(projection: &Projection<'_>, reader_id: Uuid) -> Result<(), EventError> {
    projection
        .upsert(&READERS, params![reader_id], &[("user_id", Value::Null), ("interests", Value::Null)])
        .commit()
}

/// The names of the genres that this person likes; none if they are no reader.
pub(crate) fn interests(user_id: UserId) -> Result<Vec<String>, SqlError> {
    let text = "SELECT interests FROM readers_seen WHERE user_id = $1 LIMIT 1";
    let found: Option<(AsJson<Vec<String>>,)> = query_optional(statement(text, params![user_id]))?;
    Ok(found.map(|(AsJson(names),)| names).unwrap_or_default())
}
