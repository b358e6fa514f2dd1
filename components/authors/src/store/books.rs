//! Which books authors wrote, as far as the books' events have come.

use lyceum_kit::prelude::*;

use crate::domain::Author;

/// A book that somebody wrote together with an author.
#[derive(Debug)]
pub(crate) struct WrittenTogether {
    /// The other author's.
    pub(crate) number: i64,
    pub(crate) name: String,
    /// The book's.
    pub(crate) title: String,
    pub(crate) isbn: String,
}
from_row!(WrittenTogether { number, name, title, isbn });

/// Books with an ISBN that the author wrote together with others who have a record: at most so many, in no order.
pub(crate) fn written_together(author: &Author, most: u32) -> Result<Vec<WrittenTogether>, SqlError> {
    let text = "SELECT authors.number, authors.name, books_seen.title, books_seen.isbn FROM book_authors AS own \
                JOIN book_authors AS others ON others.book_id = own.book_id AND others.author_id <> own.author_id \
                JOIN books_seen ON books_seen.book_id = others.book_id \
                JOIN authors ON authors.id = others.author_id \
                WHERE own.author_id = $1 AND books_seen.isbn IS NOT NULL LIMIT $2";
    query_all(statement(text, params![author.id, most]))
}

/// An author and how often their books were lent.
#[derive(Debug)]
pub(crate) struct Lent {
    pub(crate) name: String,
    pub(crate) count: i64,
}
from_row!(Lent { name, count });

/// Those whose books were lent most often; of two as often, the first by name.
pub(crate) fn most_lent(most: u32) -> Result<Vec<Lent>, SqlError> {
    let text = "SELECT authors.name, COUNT(*) AS count FROM lendings_seen \
                JOIN book_authors ON book_authors.book_id = lendings_seen.book_id \
                JOIN authors ON authors.id = book_authors.author_id \
                GROUP BY authors.id, authors.name, authors.name_folded \
                ORDER BY count DESC, authors.name_folded, authors.id LIMIT $1";
    query_all(statement(text, params![most]))
}

/// Commits only if no book names the author.
pub(crate) fn bookless(transaction: Transaction, author: &Author) -> Transaction {
    let text = "SELECT book_id FROM book_authors WHERE author_id = $1 LIMIT 1";
    transaction.execute(statement(text, params![author.id])).expect_rows(0).on_missing(|| {
        Problem::conflict("AUTHOR_HAS_BOOKS", "Books name this author: change or delete them first.")
    })
}
