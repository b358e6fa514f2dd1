//! The SQL of genres.

mod library_import;
pub(crate) mod reports;

use lyceum_kit::list::{Field, Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search};
use lyceum_kit::sql::Table;

pub(crate) use self::library_import::with_folded_names;
use crate::domain::{Genre, MAX_ABOVE};

row!(versioned Genre in "genres" {
    id, name, name_folded, description, parent_id, archived, version, created_at, updated_at
});

/// 409: a name belongs to one genre.
pub(crate) fn name_taken() -> Problem {
    Problem::conflict("GENRE_NAME_TAKEN", "Another genre has this name.")
}

/// The genres above this one, the nearest first; of too many, one more than there may be.
pub(crate) fn above(genre: &Genre) -> Result<Vec<Genre>, SqlError> {
    let (mut above, mut next) = (Vec::new(), genre.parent_id);
    while let Some(id) = next.filter(|_| above.len() <= MAX_ABOVE) {
        let parent = Genre::find(id)?;
        next = parent.as_ref().and_then(|parent| parent.parent_id);
        above.extend(parent);
    }
    Ok(above)
}

/// Commits only if these genres are as they were read: two changes at once could put each of two below the other.
pub(crate) fn hold(transaction: Transaction, above: &[Genre]) -> Transaction {
    above.iter().fold(transaction, |transaction, genre| {
        let (which, params) = ("WHERE id = $1 AND version = $2", params![genre.id, genre.version]);
        transaction.execute(Genre::select(which, params)).expect_rows(1).on_missing(|| {
            Problem::conflict("PARENT_CHANGED", "A genre above it was changed in the meantime: try again.")
        })
    })
}

/// Commits only if there is such a genre.
pub(crate) fn exists(id: Uuid) -> Statement {
    Genre::select("WHERE id = $1", params![id]).expect_rows(1)
}

/// Commits only if the genre is there and not archived.
pub(crate) fn is_in_use(id: Uuid) -> Statement {
    Genre::select("WHERE id = $1 AND archived = FALSE", params![id]).expect_rows(1)
}

/// Commits only if there are fewer genres above this one than there may be.
pub(crate) fn has_room_below(id: Uuid) -> Statement {
    let above = (1..=MAX_ABOVE).map(|above| {
        let below = above - 1;
        format!(" JOIN genres g{above} ON g{above}.id = g{below}.parent_id")
    });
    let text = format!("SELECT g0.id FROM genres g0{} WHERE g0.id = $1", above.collect::<String>());
    statement(text, params![id]).expect_rows(0)
}

/// Commits only if no genre below this one fulfils the condition.
pub(crate) fn childless(transaction: Transaction, genre: &Genre, condition: &str) -> Transaction {
    let which = format!("WHERE parent_id = $1 AND {condition} LIMIT 1");
    transaction.execute(Genre::select(&which, params![genre.id])).expect_rows(0).on_missing(|| {
        Problem::conflict(
            "GENRE_HAS_CHILDREN",
            "Other genres are below it: move, archive or delete them first.",
        )
    })
}

/// It is found by the name that it has now.
pub(crate) fn named(genre: &Genre) -> Vec<Statement> {
    let set = |index: Index| index.set(genre.id, &params![&genre.name_folded], &[&genre.name]);
    [WORDS, BEGINNINGS, PIECES].into_iter().flat_map(set).collect()
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(genre: &Genre) -> Statement {
    statement("DELETE FROM genres WHERE id = $1 AND version = $2", params![genre.id, genre.version])
        .expect_rows(1)
}

/// Nothing finds it any more.
pub(crate) fn unnamed(genre: &Genre) -> Vec<Statement> {
    [WORDS, BEGINNINGS, PIECES].into_iter().map(|index| index.remove(genre.id)).collect()
}

const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const WORDS: Index = Index::words("genre_words", "genre_id", &[BY_NAME]);
pub(crate) const BEGINNINGS: Index = Index::beginning("genre_beginnings", "genre_id", &[BY_NAME]);
pub(crate) const PIECES: Index = Index::contains("genre_pieces", "genre_id", &[BY_NAME], "name_folded");

pub(crate) const BEGINS: Search = Search::by("prefix", BEGINNINGS).describe("How the whole name begins.");
pub(crate) const ARCHIVED: Field<bool> = Field::equal("archived");

/// All genres.
pub(crate) struct Genres;

impl Listing for Genres {
    type Row = Genre;
    const LIST: List = List::of(Genre::TABLE, Genre::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[
            Search::by("q", WORDS).describe("Words of the name, or how they begin."),
            BEGINS,
            Search::by("contains", PIECES).describe("What stands anywhere in the name."),
        ])
        .filters(&[
            Filter::id("parent_id").describe("Only those right below this one."),
            Filter::flag("top", "parent_id IS NULL").describe("Only those that are below none."),
            ARCHIVED.filter().describe("Only those that are archived, or that are not."),
        ]);
}

#[cfg(test)]
mod tests;
