//! The figures of services on the kit.

use std::fmt::{Error, Write};

use super::tables::table;
use crate::bench::scenarios::authors::{AUTHORS, Authors};
use crate::bench::scenarios::genres::{GENRES, Genres};

pub(super) fn write_genres(text: &mut String, genres: &Genres) -> Result<(), Error> {
    let Genres { page, search, create } = genres;
    writeln!(
        text,
        "## Genres: a service on the kit, `/api/v1/genres`, with {GENRES} genres at the beginning\n"
    )?;
    table(text, "the page", page, &[page, search, create])?;
    writeln!(text)
}

pub(super) fn write_authors(text: &mut String, authors: &Authors) -> Result<(), Error> {
    let Authors { page, search, by_number, by_name, create } = authors;
    writeln!(
        text,
        "## Authors: `/api/v1/authors` and `/api/authors`, with {AUTHORS} authors at the beginning\n"
    )?;
    table(text, "the page", page, &[page, search, by_number, by_name, create])?;
    writeln!(text)
}
