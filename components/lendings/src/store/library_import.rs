//! What is known of that which lendings of the older library name.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

use super::rules;
use crate::domain::{BookSeen, Day, ItemSeen, ReaderSeen, Rule, choose};

fn listed(head: &str, values: &BTreeSet<String>, rest: &str) -> Statement {
    let text = format!("{head} IN ({}){rest}", places(values.len()));
    statement(text, values.iter().map(IntoValue::into_value).collect())
}

/// The books with these ISBNs of thirteen digits, by ISBN.
pub(crate) fn books(isbns: &BTreeSet<String>) -> Result<BTreeMap<String, BookSeen>, SqlError> {
    if isbns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let head = "SELECT book_id, title, isbn, genre_id FROM books_seen WHERE isbn";
    let found: Vec<BookSeen> = query_all(listed(head, isbns, " AND removed = FALSE"))?;
    Ok(found.into_iter().filter_map(|book| Some((book.isbn.clone()?, book))).collect())
}

struct Numbered {
    number: String,
    reader: ReaderSeen,
}

impl FromRow for Numbered {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        Ok(Self { number: row.take("number")?, reader: ReaderSeen::from_row(row)? })
    }
}

/// The readers with these numbers, by number.
pub(crate) fn readers(numbers: &BTreeSet<String>) -> Result<BTreeMap<String, ReaderSeen>, SqlError> {
    let head = "SELECT number, reader_id, user_id, category, blocked FROM readers_seen WHERE number";
    let found: Vec<Numbered> = query_all(listed(head, numbers, " AND removed = FALSE"))?;
    Ok(found.into_iter().map(|Numbered { number, reader }| (number, reader)).collect())
}

struct There {
    number: String,
    book_id: Uuid,
    started_on: Day,
}
from_row!(There { number, book_id, started_on });

/// The lendings that have these numbers already: of which book, and since when.
pub(crate) fn lendings(numbers: &BTreeSet<String>) -> Result<BTreeMap<String, (Uuid, Day)>, SqlError> {
    let found: Vec<There> =
        query_all(listed("SELECT number, book_id, started_on FROM lendings WHERE number", numbers, ""))?;
    Ok(found
        .into_iter()
        .map(|There { number, book_id, started_on }| (number, (book_id, started_on)))
        .collect())
}

/// The rule that decides for readers of this category and no copy in particular.
pub(crate) fn rule(category: &str) -> Result<Option<Rule>, SqlError> {
    let rules: Vec<Rule> = query_all(rules::fitting(&ItemSeen::without_copy(Uuid::nil(), None), category))?;
    Ok(choose(&rules, None, category, None).cloned())
}

/// So many lendings more that are out, and so many cents more to pay.
pub(crate) fn account(reader: &ReaderSeen, open: u32, unpaid_cents: i64) -> Statement {
    let text = "INSERT INTO reader_accounts (reader_id, user_id, open_lendings, unpaid_cents) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (reader_id) DO UPDATE SET open_lendings = reader_accounts.open_lendings + $3, \
                unpaid_cents = reader_accounts.unpaid_cents + $4";
    statement(text, params![reader.reader_id, reader.user_id, open, unpaid_cents])
}

/// Nobody is reminded of it before tomorrow.
pub(crate) fn not_reminded_today(lending_id: Uuid, today: Day) -> Statement {
    statement("UPDATE lendings SET reminded_on = $2 WHERE id = $1", params![lending_id, today])
}
