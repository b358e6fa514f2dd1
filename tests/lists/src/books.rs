//! The list.

use lyceum_kit::{
    list::{Filter, List, Listing, Order},
    prelude::*,
    search::{Index, Search},
    text,
};

const BY_TITLE: Order = Order::text("title_folded").named("title");
const BY_ADDED: Order = Order::integer("added_at");
const BY_YEAR: Order = Order::integer("year");
const BY_RETURN: Order = Order::integer("returned_at").or_integer(i64::MAX);

/// Words of titles.
pub const WORDS: Index = Index::words("book_words", "book_id", &[BY_TITLE]).carrying(&[
    Order::text("genre"),
    BY_YEAR,
    Order::integer("returned_at"),
]);
/// Titles by anything in them.
pub const PIECES: Index = Index::contains("book_pieces", "book_id", &[BY_TITLE], "title_folded");
/// Titles by how they begin.
pub const BEGINNINGS: Index = Index::beginning("book_beginnings", "book_id", &[BY_TITLE]);

/// A book.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Book {
    /// Its key.
    pub id: String,
    /// As it is shown.
    pub title: String,
    /// One of a few.
    pub genre: String,
    /// When it came out.
    pub year: i64,
    /// Unique.
    pub added_at: i64,
    /// Of some.
    pub returned_at: Option<i64>,
}
from_row!(Book { id, title, genre, year, added_at, returned_at });

/// The list of books.
#[derive(Debug)]
pub struct Books;

impl Listing for Books {
    type Row = Book;
    const LIST: List = List::of("books", "id, title, genre, year, added_at, returned_at", "id", BY_TITLE)
        .orders(&[BY_TITLE, BY_ADDED, BY_YEAR, BY_RETURN])
        .searches(&[Search::by("q", WORDS), Search::by("contains", PIECES), Search::by("begins", BEGINNINGS)])
        .filters(&[
            Filter::equal::<String>("genre"),
            Filter::one_of::<String>("genres").column("genre"),
            Filter::range::<i64>("year"),
            Filter::exists("returned").column("returned_at"),
            Filter::flag("out", "returned_at IS NULL").column("returned_at"),
        ]);
}

/// The table and its indexes; `with` adds those of searches.
pub fn migration(with: &[Index]) -> String {
    let mut text = String::from(
        "CREATE TABLE books (id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, title_folded TEXT NOT NULL, \
         genre TEXT NOT NULL, year BIGINT NOT NULL, added_at BIGINT NOT NULL, returned_at BIGINT);\n\
         CREATE INDEX books_by_title ON books (title_folded, id, genre, year);\n\
         CREATE INDEX books_by_added ON books (added_at, id, genre, year);\n\
         CREATE INDEX books_by_year ON books (year, id);\n\
         CREATE INDEX books_by_return ON books (COALESCE(returned_at, 9223372036854775807), id);\n\
         CREATE INDEX books_by_genre ON books (genre, title_folded, id, year);\n\
         CREATE INDEX books_returned ON books (returned_at, title_folded, id);\n\
         CREATE INDEX books_out ON books (title_folded, id) WHERE returned_at IS NULL;\n",
    );
    text.extend(with.iter().map(Index::migration));
    text
}

impl Book {
    /// The statements that add it, or change it.
    pub fn put(&self) -> Vec<Statement> {
        let folded = text::fold(&self.title);
        let row = statement(
            "INSERT INTO books (id, title, title_folded, genre, year, added_at, returned_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, title_folded = excluded.title_folded, \
             genre = excluded.genre, year = excluded.year, returned_at = excluded.returned_at",
            params![&self.id, &self.title, &folded, &self.genre, self.year, self.added_at, self.returned_at],
        );
        let words = params![&folded, &self.genre, self.year, self.returned_at];
        let title = params![&folded];
        let indexes = [(WORDS, &words), (PIECES, &title), (BEGINNINGS, &title)];
        let kept = indexes.iter().flat_map(|(index, values)| index.set(&self.id, values, &[&self.title]));
        std::iter::once(row).chain(kept).collect()
    }
}
