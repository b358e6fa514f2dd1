//! The rules of the catalogue; they know nothing of HTTP and SQL.

mod book;
mod contributor;
mod isbn;
mod item;
mod language;
mod line;

pub(crate) use book::{Book, BookFields};
pub(crate) use contributor::{AuthorId, Contributor};
pub(crate) use isbn::Isbn;
pub(crate) use item::{Item, ItemError, ItemFields};
pub(crate) use language::Language;
