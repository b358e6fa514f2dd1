//! The SQL of authors.

pub(crate) mod books;
mod library_import;

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search};
use lyceum_kit::sql::{Sequence, Table};
use lyceum_kit::text;

pub(crate) use self::library_import::names_by_number;
use crate::domain::Author;
use crate::domain::identifiers::{Isni, Orcid, Viaf};

row!(versioned Author in "authors" {
    id,
    number,
    name,
    name_folded,
    sort_name,
    sort_name_folded,
    variants,
    biography,
    birth_year,
    death_year,
    viaf,
    isni,
    orcid,
    photo,
    version,
    created_at,
    updated_at,
});

/// The numbers of authors. One whose author was not added in the end is left out: many are added at once, and none of
/// them waits for another's number.
pub(crate) const NUMBERS: Sequence = Sequence::new("authors");

/// The author whom older clients name by this number, if there is one.
pub(crate) fn by_number(number: i64) -> Result<Option<Author>, SqlError> {
    query_optional(Author::select("WHERE number = $1", params![number]))
}

/// Authors whose names begin so, whatever the case and the accents: at most so many of them, by name.
pub(crate) fn beginning(name: &str, most: u32) -> Result<Vec<Author>, SqlError> {
    let from = text::fold(name);
    // Behind everything that begins so.
    let to = format!("{from}\u{10ffff}");
    let which = "WHERE name_folded >= $1 AND name_folded < $2 ORDER BY name_folded, id LIMIT $3";
    query_all(Author::select(which, params![from, to, most]))
}

/// An author's row and what they are found by, in a new row or a changed one.
pub(crate) fn named(author: &Author) -> Vec<Statement> {
    let names = author.names();
    let set = |index: Index| index.set(author.id, &params![&author.sort_name_folded], &names);
    [WORDS, BEGINNINGS].into_iter().flat_map(set).collect()
}

/// Nothing finds the author any more, who misses their row if they were changed since it was read.
pub(crate) fn delete(author: &Author) -> Vec<Statement> {
    let text = "DELETE FROM authors WHERE id = $1 AND version = $2";
    let deleted = statement(text, params![author.id, author.version]).expect_rows(1);
    let terms = [WORDS, BEGINNINGS].into_iter().map(|index| index.remove(author.id));
    terms.chain([deleted]).collect()
}

const BY_SORT_NAME: Order = Order::text("sort_name_folded").named("sort_name");
const WORDS: Index = Index::words("author_words", "author_id", &[BY_SORT_NAME]);
const BEGINNINGS: Index = Index::beginning("author_beginnings", "author_id", &[BY_SORT_NAME]);

/// All authors.
pub(crate) struct Authors;

impl Listing for Authors {
    type Row = Author;
    const LIST: List = List::of(Author::TABLE, Author::COLUMN_LIST, "id", BY_SORT_NAME)
        .orders(&[BY_SORT_NAME, Order::integer("created_at")])
        .searches(&[
            Search::by("q", WORDS).describe("Words of any of the names, or how they begin."),
            Search::by("prefix", BEGINNINGS).describe("How one of the whole names begins."),
        ])
        .filters(&[
            Filter::one_of::<i64>("number").describe("The authors with these numbers."),
            Filter::one_of::<Viaf>("viaf").describe("The authors with these VIAF numbers."),
            Filter::one_of::<Isni>("isni").describe("The authors with these ISNI, in any form."),
            Filter::one_of::<Orcid>("orcid").describe("The authors with these ORCID iDs, in any form."),
            Filter::range::<i16>("birth_year").describe("Born in these years."),
            Filter::range::<i16>("death_year").describe("Died in these years."),
        ]);
}

#[cfg(test)]
mod tests;
