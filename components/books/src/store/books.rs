//! The SQL of books.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search, Terms};
use lyceum_kit::sql::Table;

use super::{fields, records};
use crate::domain::{AuthorId, Book, Isbn, Language, sorted_by};

row!(versioned Book in "books" {
    id, isbn, isbn_given_as_ten, title, title_folded, subtitle, description, subjects, language, year, publisher, contributors,
    genre_id, item_count, available_count, cover, version, created_at, updated_at
});

/// So many characters of all that is said of a book are searched: what is within the terms that the kit keeps of a thing,
/// also where the words are short.
const SEARCHED: usize = 1_600;

/// 409: an ISBN belongs to one book.
pub(crate) fn isbn_taken() -> Problem {
    Problem::conflict("ISBN_TAKEN", "Another book has this ISBN.")
}

/// The book with this ISBN, if there is one.
pub(crate) fn with_isbn(isbn: Isbn) -> Result<Option<Book>, SqlError> {
    query_optional(Book::select("WHERE isbn = $1", params![isbn]))
}

/// The books whose titles are sorted as this one is, or the first of too many.
pub(crate) fn titled(title: &str) -> Result<Vec<Book>, SqlError> {
    let which = "WHERE title_folded = $1 ORDER BY id LIMIT 20";
    query_all(Book::select(which, params![sorted_by(title)]))
}

/// It is found by what is said of it now. Title and people come first: of a long description the end isn't searched.
pub(crate) fn found(book: &Book) -> Vec<Statement> {
    let (subtitle, description) = (book.subtitle.iter(), book.description.iter());
    let names = book.contributors.0.iter().map(|contributor| &contributor.name);
    let texts = std::iter::once(&book.title).chain(subtitle).chain(names).chain(&book.subjects.0);
    let text = texts.chain(description).map(String::as_str).collect::<Vec<_>>().join("\n");
    let text: String = text.chars().take(SEARCHED).collect();
    let order = params![&book.title_folded];
    let authors = book.contributors.0.iter().filter_map(|contributor| contributor.author_id);
    let mut statements = WORDS.set(book.id, &order, &[&text]);
    statements.extend(BEGINNINGS.set(book.id, &order, &[&book.title]));
    statements.extend(AUTHORS.set(book.id, &order, authors.map(|id| id.to_string())));
    statements.extend(fields::found(book));
    statements.extend(records::changed(book));
    statements
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(book: &Book) -> Statement {
    let text = "DELETE FROM books WHERE id = $1 AND version = $2";
    statement(text, params![book.id, book.version]).expect_rows(1)
}

/// Nothing finds it any more, and its record says that it is gone.
pub(crate) fn gone(book: &Book) -> Vec<Statement> {
    let forgotten = [WORDS.remove(book.id), BEGINNINGS.remove(book.id), AUTHORS.remove(book.id)];
    forgotten.into_iter().chain(fields::gone(book.id)).chain(records::deleted(book)).collect()
}

/// A book has more or fewer items; misses its row if the book is not there, or has fewer of them than are taken away, since
/// somebody else was quicker with that.
pub(crate) fn count(id: Uuid, items: i64, available: i64) -> Statement {
    let text = "UPDATE books SET item_count = item_count + $2, available_count = available_count + $3, \
                version = version + 1, updated_at = $4 \
                WHERE id = $1 AND item_count + $2 >= 0 AND available_count + $3 >= 0";
    statement(text, params![id, items, available, clock::now()]).expect_rows(1)
}

const BY_TITLE: Order = Order::text("title_folded").named("title");
/// Books of which nobody knows the year come first.
const BY_YEAR: Order = Order::integer("year").or_integer(0);
pub(super) const WORDS: Index = Index::words("book_words", "book_id", &[BY_TITLE]);
pub(super) const BEGINNINGS: Index = Index::beginning("book_beginnings", "book_id", &[BY_TITLE]);
pub(super) const AUTHORS: Terms = Terms::of("book_authors", "book_id", "author_id", &[BY_TITLE]);

/// All books.
pub(crate) struct Books;

impl Listing for Books {
    type Row = Book;
    const LIST: List = List::of(Book::TABLE, Book::COLUMN_LIST, "id", BY_TITLE)
        .orders(&[BY_TITLE, BY_YEAR, Order::integer("created_at")])
        .searches(&[
            Search::by("q", WORDS).describe(
                "Words of title, subtitle, contributors, subjects and description, or how they begin.",
            ),
            Search::by("prefix", BEGINNINGS).describe("How the title begins."),
        ])
        .filters(&[
            Filter::one_of::<Isbn>("isbn").describe(
                "Only the book with this ISBN, in either form; up to 20, with commas between them.",
            ),
            Filter::among::<AuthorId>("author_id", AUTHORS)
                .describe("Only those in which the author with this record took part."),
            Filter::id("genre_id").describe("Only those of this genre, without those below it."),
            Filter::equal::<Language>("language").describe("Only those in this language, such as `pt`."),
            Filter::range::<u16>("year").describe("Only those that were published in these years."),
            Filter::flag("available", "available_count > 0")
                .describe("Only those of which a copy is on its shelf."),
        ]);
}
