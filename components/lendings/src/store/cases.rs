//! Reads all that a decision depends on.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Rows;

use super::{accounts, calendar, closures, holds, lendings, rules};
use crate::domain::{BookSeen, Case, Day, Hold, ItemSeen, Lending, Others, ReaderSeen, Rule, choose};

/// Which copy is meant.
#[derive(Clone, Debug)]
pub(crate) enum WhichItem {
    /// The one with this id.
    Id(Uuid),
    /// The one with this barcode.
    Barcode(String),
}

/// Which reader is meant.
#[derive(Clone, Debug)]
pub(crate) enum WhichReader {
    /// The one with this id.
    Id(Uuid),
    /// The one with this number.
    Number(String),
}

/// Copies that are meant. There are two only while the news of one of them is under way.
pub(crate) fn items(which: &WhichItem) -> Result<Vec<ItemSeen>, SqlError> {
    let (column, value) = match which {
        WhichItem::Id(id) => ("item_id", id.into_value()),
        WhichItem::Barcode(barcode) => ("barcode", barcode.as_str().into_value()),
    };
    let text = format!(
        "SELECT items_seen.item_id, items_seen.book_id, items_seen.location, items_seen.item_type, items_seen.status, \
         books_seen.genre_id FROM items_seen LEFT JOIN books_seen ON books_seen.book_id = items_seen.book_id \
         WHERE items_seen.{column} = $1 AND items_seen.removed = FALSE LIMIT 2"
    );
    query_all(statement(text, vec![value]))
}

/// Readers that are meant; see [`items`].
pub(crate) fn readers(which: &WhichReader) -> Result<Vec<ReaderSeen>, SqlError> {
    let (column, value) = match which {
        WhichReader::Id(id) => ("reader_id", id.into_value()),
        WhichReader::Number(number) => ("number", number.as_str().into_value()),
    };
    let text = format!(
        "SELECT reader_id, user_id, category, blocked FROM readers_seen WHERE {column} = $1 AND removed = FALSE LIMIT 2"
    );
    query_all(statement(text, vec![value]))
}

/// What a decision about this copy and this reader depends on, as it is at one moment. None if no rule is left, which the
/// routes keep from happening.
pub(crate) fn case(item: ItemSeen, reader: ReaderSeen, today: Day) -> Result<Option<Case>, SqlError> {
    let statements = vec![
        rules::fitting(&item, &reader.category),
        accounts::find(reader.reader_id),
        lendings::late(reader.reader_id, today),
        lendings::out(item.item_id),
        calendar::after(item.location.as_deref(), today),
        holds::kept_for_others(item.item_id, reader.reader_id),
        holds::awaited_by_others(item.book_id, reader.reader_id),
        holds::active(item.book_id, reader.reader_id),
        closures::of(reader.reader_id, reader.user_id, clock::now()),
        closures::of_book(item.book_id, clock::now()),
    ];
    let mut found = query(statements)?.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let rules: Vec<Rule> = next().all()?;
    let account: Option<accounts::Account> = next().optional()?;
    let has_overdue = any(next())?;
    let has_it = next().optional::<Lending>()?.is_some();
    let closed = calendar::read(next())?;
    let (keeps_it, awaits_it) = (any(next())?, any(next())?);
    let hold: Option<Hold> = next().optional()?;
    let (leaves, book_leaves) = (any(next())?, any(next())?);
    let rule = choose(&rules, item.location.as_deref(), &reader.category, item.item_type.as_deref()).cloned();
    Ok(rule.map(|rule| Case {
        item,
        reader,
        rule,
        closed,
        open_lendings: account.unwrap_or_default().open_lendings,
        has_overdue,
        leaves,
        book_leaves,
        others: Others { has_it, keeps_it, awaits_it },
        hold,
    }))
}

fn any(rows: Rows) -> Result<bool, SqlError> {
    Ok(rows.optional::<(Uuid,)>()?.is_some())
}

/// The reader's record that belongs to this account.
pub(crate) fn reader_of(user_id: UserId) -> Result<Option<ReaderSeen>, SqlError> {
    let text = "SELECT reader_id, user_id, category, blocked FROM readers_seen WHERE user_id = $1 AND removed = FALSE LIMIT 1";
    query_optional(statement(text, params![user_id]))
}

/// Finds a reader who is not gone.
pub(crate) fn known(reader_id: Uuid) -> Statement {
    let text = "SELECT reader_id FROM readers_seen WHERE reader_id = $1 AND removed = FALSE";
    statement(text, params![reader_id])
}

/// Whether the catalogue has this book, as far as is known.
pub(crate) fn has_book(book_id: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT book_id FROM books_seen WHERE book_id = $1 AND removed = FALSE";
    Ok(query_optional::<(Uuid,)>(statement(text, params![book_id]))?.is_some())
}

/// The statement that finds a book, be it gone.
pub(crate) fn book(book_id: Uuid) -> Statement {
    let text = "SELECT book_id, title, isbn, genre_id FROM books_seen WHERE book_id = $1";
    statement(text, params![book_id])
}

/// The book with this ISBN of thirteen digits. There are two only while the news of one of them is under way.
pub(crate) fn book_with(isbn: &str) -> Result<Option<BookSeen>, SqlError> {
    let text =
        "SELECT book_id, title, isbn, genre_id FROM books_seen WHERE isbn = $1 AND removed = FALSE LIMIT 1";
    query_optional(statement(text, params![isbn]))
}

/// The statement that finds a reader's number.
pub(crate) fn number_of(reader_id: Option<Uuid>) -> Statement {
    statement("SELECT number FROM readers_seen WHERE reader_id = $1 AND removed = FALSE", params![reader_id])
}

/// The book's title, as far as it is known.
pub(crate) fn title(book_id: Uuid) -> Result<Option<String>, SqlError> {
    let text = "SELECT title FROM books_seen WHERE book_id = $1";
    let found: Option<(Option<String>,)> = query_optional(statement(text, params![book_id]))?;
    Ok(found.and_then(|(title,)| title))
}
