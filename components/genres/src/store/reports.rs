//! The SQL of reports.

use jiff::civil::Date;
use lyceum_kit::prelude::*;

/// How many of something a genre has.
#[derive(Clone, Debug)]
pub(crate) struct Count {
    pub(crate) genre: String,
    pub(crate) count: i64,
}
from_row!(Count { genre, count });

/// The lendings of a genre that began in a month.
#[derive(Clone, Debug)]
pub(crate) struct InMonth {
    /// YYYY-MM
    pub(crate) month: String,
    pub(crate) genre: String,
    /// How many.
    pub(crate) count: i64,
    /// How many days all of them lasted, of those that are asked for.
    pub(crate) days: i64,
}
from_row!(InMonth { month, genre, count, days });

/// The genres that most books are of; of two with as many, the first by name.
pub(crate) fn most_books(most: u32) -> Result<Vec<Count>, SqlError> {
    let text = "SELECT genres.name AS genre, COUNT(*) AS count FROM books_seen \
                JOIN genres ON genres.id = books_seen.genre_id \
                GROUP BY genres.id, genres.name, genres.name_folded ORDER BY count DESC, genres.name_folded LIMIT $1";
    query_all(statement(text, params![most]))
}

/// How many lendings of each genre began from this day on and before that one, by name.
pub(crate) fn begun(from: Date, before: Date) -> Result<Vec<Count>, SqlError> {
    let text = "SELECT genres.name AS genre, COUNT(*) AS count FROM lendings_seen \
                JOIN genres ON genres.id = lendings_seen.genre_id \
                WHERE started_on >= $1 AND started_on < $2 \
                GROUP BY genres.id, genres.name, genres.name_folded ORDER BY genres.name_folded";
    query_all(statement(text, params![from.to_string(), before.to_string()]))
}

/// The same by month, the first one first.
pub(crate) fn begun_by_month(from: Date, before: Date) -> Result<Vec<InMonth>, SqlError> {
    by_month("", from, before)
}

/// The same of those that came back, with how long they lasted.
pub(crate) fn returned_by_month(from: Date, before: Date) -> Result<Vec<InMonth>, SqlError> {
    by_month("AND days IS NOT NULL", from, before)
}

fn by_month(condition: &str, from: Date, before: Date) -> Result<Vec<InMonth>, SqlError> {
    let text = format!(
        "SELECT SUBSTR(started_on, 1, 7) AS month, genres.name AS genre, COUNT(*) AS count, \
         CAST(COALESCE(SUM(days), 0) AS BIGINT) AS days FROM lendings_seen \
         JOIN genres ON genres.id = lendings_seen.genre_id \
         WHERE started_on >= $1 AND started_on < $2 {condition} \
         GROUP BY SUBSTR(started_on, 1, 7), genres.id, genres.name, genres.name_folded \
         ORDER BY month, genres.name_folded"
    );
    query_all(statement(text, params![from.to_string(), before.to_string()]))
}
