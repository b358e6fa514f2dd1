//! The figures of the catalogue.

use std::fmt::{Error, Write};

use super::tables::table;
use crate::bench::scenarios::books::{BOOKS, Books};

pub(super) fn write(text: &mut String, books: &Books) -> Result<(), Error> {
    let Books { page, search, isbn, create } = books;
    writeln!(text, "## Books: the catalogue, `/api/v1/books`, with {BOOKS} titles at the beginning\n")?;
    table(text, "the page", page, &[page, search, isbn, create])?;
    writeln!(text)
}
