//! The figures of a service on the kit.

use std::fmt::{Error, Write};

use super::tables::table;
use crate::bench::scenarios::genres::{GENRES, Genres};

pub(super) fn write(text: &mut String, genres: &Genres) -> Result<(), Error> {
    let Genres { page, search, create } = genres;
    writeln!(
        text,
        "## Genres: a service on the kit, `/api/v1/genres`, with {GENRES} genres at the beginning\n"
    )?;
    table(text, "the page", page, &[page, search, create])?;
    writeln!(text)
}
