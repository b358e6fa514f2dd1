//! What genres tells others.

use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_kit::prelude::*;

use crate::domain::Genre;

pub(crate) fn added(genre: &Genre) -> GenreAdded {
    let Genre { id: genre_id, name, parent_id, archived, created_at: added_at, .. } = genre.clone();
    GenreAdded { genre_id, name, parent_id, archived, added_at }
}

pub(crate) fn changed(genre: &Genre) -> GenreChanged {
    let Genre { id: genre_id, name, parent_id, archived, updated_at: changed_at, .. } = genre.clone();
    GenreChanged { genre_id, name, parent_id, archived, changed_at }
}

pub(crate) fn removed(genre: &Genre) -> GenreRemoved {
    GenreRemoved { genre_id: genre.id, removed_at: clock::now() }
}
