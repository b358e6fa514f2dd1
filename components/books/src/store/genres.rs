//! Genres, as far as their events have come.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};
use lyceum_kit::text;

const GENRES: ReadModel = ReadModel::of("genres_seen", &["genre_id"], "genres_sequence");

/// A genre and its name.
#[derive(Debug)]
struct Named {
    genre_id: Uuid,
    name: String,
}
from_row!(Named { genre_id, name });

/// A genre has this name, and is in use or no more.
pub(crate) fn seen(
    projection: &Projection<'_>,
    genre_id: Uuid,
    name: &str,
    in_use: bool,
) -> Result<(), EventError> {
    let values = [
        ("name", name.into_value()),
        ("name_folded", text::fold(name).into_value()),
        ("in_use", in_use.into_value()),
    ];
    projection.upsert(&GENRES, params![genre_id], &values).commit()
}

/// A genre is there no more. Books that are of it still say so.
pub(crate) fn removed(projection: &Projection<'_>, genre_id: Uuid) -> Result<(), EventError> {
    projection.upsert(&GENRES, params![genre_id], &[("in_use", false.into_value())]).commit()
}

/// The names of these genres, by id, as far as they are known.
pub(crate) fn names(ids: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, SqlError> {
    let ids: Vec<Value> = ids.into_iter().map(IntoValue::into_value).collect();
    let mut names = BTreeMap::new();
    // In parts, since a statement has a limit of parameters.
    for ids in ids.chunks(500) {
        let places: Vec<_> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let places = places.join(", ");
        let text = format!(
            "SELECT genre_id, name FROM genres_seen WHERE genre_id IN ({places}) AND name IS NOT NULL"
        );
        let found: Vec<Named> = query_all(statement(text, ids.to_vec()))?;
        names.extend(found.into_iter().map(|Named { genre_id, name }| (genre_id, name)));
    }
    Ok(names)
}

/// The genre in use that is called exactly so.
pub(crate) fn in_use_named(name: &str) -> Result<Option<Uuid>, SqlError> {
    let text = "SELECT genre_id FROM genres_seen WHERE name = $1 AND in_use LIMIT 1";
    let found: Option<(Uuid,)> = query_optional(statement(text, params![name]))?;
    Ok(found.map(|(genre_id,)| genre_id))
}

/// Whether a genre is neither archived nor gone, if anything was heard of it.
pub(crate) fn is_in_use(genre_id: Uuid) -> Result<Option<bool>, SqlError> {
    let text = "SELECT in_use FROM genres_seen WHERE genre_id = $1";
    let found: Option<(bool,)> = query_optional(statement(text, params![genre_id]))?;
    Ok(found.map(|(in_use,)| in_use))
}
