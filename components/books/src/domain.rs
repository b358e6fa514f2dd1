//! The rules of the catalogue; they know nothing of HTTP and SQL.

mod book;
pub(crate) mod cell;
mod contributor;
mod isbn;
mod item;
mod language;
mod line;
pub(crate) mod table;

pub(crate) use book::{Book, BookFields, sorted_by};
pub(crate) use contributor::{AuthorId, Contributor, ContributorRole};
pub(crate) use isbn::Isbn;
pub(crate) use item::{Item, ItemError, ItemFields};
pub(crate) use language::Language;
