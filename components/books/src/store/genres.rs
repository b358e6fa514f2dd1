//! Genres, as far as their events have come.

use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

const GENRES: ReadModel = ReadModel::of("genres_seen", &["genre_id"], "genres_sequence");

/// A genre is in use, or no more.
pub(crate) fn seen(projection: &Projection<'_>, genre_id: Uuid, in_use: bool) -> Result<(), EventError> {
    projection.upsert(&GENRES, params![genre_id], &[("in_use", in_use.into_value())]).commit()
}

/// Whether a genre is known to be archived, or to be there no more.
pub(crate) fn is_out_of_use(genre_id: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT in_use FROM genres_seen WHERE genre_id = $1";
    let found: Option<(bool,)> = query_optional(statement(text, params![genre_id]))?;
    Ok(found.is_some_and(|(in_use,)| !in_use))
}
