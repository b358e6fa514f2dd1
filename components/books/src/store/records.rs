//! Books as records that others harvest: when each changed last, also those that are gone.
//!
//! A list shows the records as they stand at its *moment*. Those that are written later have another place in the list that
//! begins next, but keep theirs in this one until it is read to its end, by the change that was the last one then. So each
//! record is in it once, whatever happens while it is read.

use std::collections::BTreeMap;
use std::time::Duration;

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;

use crate::domain::Book;

/// How long a list may be read: what was replaced before is forgotten.
pub(crate) const LIFETIME: Duration = Duration::from_hours(24);
/// So many changes are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

/// What is known of a record apart from its content.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) book_id: Uuid,
    pub(crate) changed_at: Timestamp,
    pub(crate) deleted: bool,
    pub(crate) language: Option<String>,
}
from_row!(Header { book_id, changed_at, deleted, language });

/// One of a list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Where it stands.
    pub(crate) position: Timestamp,
    pub(crate) header: Header,
}

impl FromRow for Listed {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        Ok(Self { position: row.take("position")?, header: Header::from_row(row)? })
    }
}

/// Which records a page is of.
#[derive(Clone, Debug)]
pub(crate) struct Span<'a> {
    /// Behind the record that stands here; at first a time and no record.
    pub(crate) after: (Timestamp, Option<Uuid>),
    /// Not later than this.
    pub(crate) until: Timestamp,
    /// As they stand at this moment.
    pub(crate) moment: Timestamp,
    pub(crate) language: Option<&'a str>,
}

/// The clock goes on, and stays with this transaction until it ends.
fn tick() -> Statement {
    let text =
        "UPDATE record_clock SET at = CASE WHEN at < $1 THEN $1 ELSE at + 1 END WHERE id = 1 RETURNING at";
    statement(text, params![clock::now()])
}

/// A book is there, or another one than before.
pub(crate) fn changed(book: &Book) -> Vec<Statement> {
    let set = book.language.as_ref().map(|language| {
        let text = "INSERT INTO record_languages (language) VALUES ($1) ON CONFLICT (language) DO NOTHING";
        statement(text, params![language.as_str()])
    });
    let mut statements = noted(book, false).to_vec();
    statements.extend(set);
    statements
}

/// A book is gone; its record stays and says so.
pub(crate) fn deleted(book: &Book) -> [Statement; 3] {
    noted(book, true)
}

fn noted(book: &Book, deleted: bool) -> [Statement; 3] {
    let replaced = "UPDATE record_changes SET replaced_at = (SELECT at FROM record_clock WHERE id = 1) \
                    WHERE book_id = $1 AND replaced_at IS NULL";
    let new = "INSERT INTO record_changes (book_id, changed_at, deleted, language) \
               SELECT $1, at, $2, $3 FROM record_clock WHERE id = 1";
    let language = book.language.as_ref().map(crate::domain::Language::as_str);
    [tick(), statement(replaced, params![book.id]), statement(new, params![book.id, deleted, language])]
}

/// A moment that is after all that can be seen, and before all that is written from now on: a list begins with it.
pub(crate) fn moment(context: &Context) -> Result<Timestamp, TransactionError> {
    let rows = context.without_once().begin().execute(tick()).commit()?.rows()?;
    let row = rows.into_iter().next().ok_or(SqlError::Row(RowError::Count(0)))?;
    let (at,) = row.one().map_err(SqlError::from)?;
    Ok(at)
}

/// The first records of a span, so many at most.
pub(crate) fn page(span: &Span<'_>, limit: usize) -> Result<Vec<Listed>, SqlError> {
    let Span { after: (after, book), until, moment, language } = span;
    let mut params = params![*after, book.map_or(String::new(), |id| id.to_string()), *until, *moment];
    let set = language.map_or("", |language| {
        params.push(language.into_value());
        "listed.language = $5 AND "
    });
    let text = format!(
        "SELECT listed.changed_at AS position, latest.book_id, latest.changed_at, latest.deleted, latest.language \
         FROM record_changes AS listed CROSS JOIN record_changes AS latest \
         WHERE {set}(listed.changed_at, listed.book_id) > ($1, $2) AND listed.changed_at <= $3 \
         AND (listed.replaced_at IS NULL OR listed.replaced_at > $4) \
         AND latest.book_id = listed.book_id AND latest.replaced_at IS NULL \
         ORDER BY listed.changed_at, listed.book_id LIMIT {limit}"
    );
    query_all(statement(text, params))
}

/// The record of this book.
pub(crate) fn of(book_id: Uuid) -> Result<Option<Header>, SqlError> {
    let text = "SELECT book_id, changed_at, deleted, language FROM record_changes \
                WHERE book_id = $1 AND replaced_at IS NULL";
    query_optional(statement(text, params![book_id]))
}

/// The books of these records that are there, by id; at most a page of them.
pub(crate) fn books(ids: &[Uuid]) -> Result<BTreeMap<Uuid, Book>, SqlError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let which = format!("WHERE id IN ({})", places.join(", "));
    let found: Vec<Book> = query_all(Book::select(&which, ids.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|book| (book.id, book)).collect())
}

/// No record changed before.
pub(crate) fn earliest() -> Result<Option<Timestamp>, SqlError> {
    let text = "SELECT changed_at FROM record_changes ORDER BY changed_at, book_id LIMIT 1";
    Ok(query_optional(statement(text, Vec::new()))?.map(|(at,)| at))
}

/// The languages of all records there ever were.
pub(crate) fn languages() -> Result<Vec<String>, SqlError> {
    let text = "SELECT language FROM record_languages ORDER BY language LIMIT 10000";
    let found: Vec<(String,)> = query_all(statement(text, Vec::new()))?;
    Ok(found.into_iter().map(|(language,)| language).collect())
}

/// Forgets what no list can be reading any more.
pub(crate) fn forget(by: &WithoutOnce) -> Result<(), EventError> {
    let text = "DELETE FROM record_changes WHERE (book_id, changed_at) IN (SELECT book_id, changed_at FROM record_changes \
                WHERE replaced_at < $1 ORDER BY replaced_at, book_id, changed_at LIMIT $2)";
    let before = clock::now().minus(LIFETIME).minus(Duration::from_hours(1));
    by.begin().execute(statement(text, params![before, FORGOTTEN_AT_ONCE])).commit()?;
    Ok(())
}
