//! Words of titles alone, and of people's names alone, for those who search by fields.

use lyceum_kit::list::Order;
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;
use lyceum_kit::search::Index;

use crate::domain::Book;

const BY_TITLE: Order = Order::text("title_folded");
pub(super) const TITLE_WORDS: Index = Index::words("book_title_words", "book_id", &[BY_TITLE]);
pub(super) const NAME_WORDS: Index = Index::words("book_name_words", "book_id", &[BY_TITLE]);

/// The words of a book as it is now.
pub(super) fn found(book: &Book) -> Vec<Statement> {
    let order = params![&book.title_folded];
    let titles: Vec<&str> =
        [Some(&book.title), book.subtitle.as_ref()].into_iter().flatten().map(String::as_str).collect();
    let names: Vec<&str> = book.contributors.0.iter().map(|contributor| contributor.name.as_str()).collect();
    let mut statements = TITLE_WORDS.set(book.id, &order, &titles);
    statements.extend(NAME_WORDS.set(book.id, &order, &names));
    statements
}

pub(super) fn gone(id: Uuid) -> [Statement; 3] {
    [TITLE_WORDS.remove(id), NAME_WORDS.remove(id), kept(id)]
}

/// A book that was there before its words were kept.
struct Without {
    book_id: Uuid,
}
from_row!(Without { book_id });

fn kept(id: Uuid) -> Statement {
    statement("DELETE FROM books_without_field_words WHERE book_id = $1", params![id])
}

/// Keeps the words of books that were there before. One that is changed meanwhile is left for the next time.
pub(crate) fn fill(by: &WithoutOnce) -> Result<(), EventError> {
    let next = |last: Option<&Without>| {
        let text =
            "SELECT book_id FROM books_without_field_words WHERE book_id > $1 ORDER BY book_id LIMIT $2";
        let after = last.map_or(String::new(), |last| last.book_id.to_string());
        Ok(query_all(statement(text, params![after, i64::from(periodic::BATCH)]))?)
    };
    let fill = |without: &Without| {
        let mut transaction = by.begin();
        if let Some(book) = Book::find(without.book_id)? {
            let text = "SELECT id FROM books WHERE id = $1 AND version = $2";
            let unchanged = statement(text, params![book.id, book.version]).expect_rows(1);
            transaction = transaction.execute(unchanged).execute_all(found(&book));
        }
        transaction.execute(kept(without.book_id)).commit()?;
        Ok(())
    };
    periodic::each(|without: &Without| format!("keeping words of book {}", without.book_id), next, fill)
        .map(drop)
}
