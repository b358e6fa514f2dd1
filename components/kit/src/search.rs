//! Search by tables of terms, which are kept in the same transaction as the rows that they find.
//!
//! An [`Index`] is a table with a row for each term of each thing, together with what lists of it are ordered by.
//! So a page of what a term finds is read in the list's order from one place in one index, however many it finds:
//! nothing is collected first, nothing sorted. For that, the beginnings of a word are terms, too.
//!
//! ```
//! use lyceum_kit::{list::Order, prelude::*, search::Index};
//! const BOOK_WORDS: Index = Index::words("book_words", "book_id", &[Order::text("title_folded")]);
//!
//! fn changed(id: Uuid, title: &str, authors: &str) -> Vec<Statement> {
//!     BOOK_WORDS.set(id, &params![lyceum_kit::text::fold(title)], &[title, authors])
//! }
//! ```

mod declaration;
mod keep;
mod terms;
mod words;

pub use declaration::{Index, Search, Terms};
pub use terms::Lookup;
