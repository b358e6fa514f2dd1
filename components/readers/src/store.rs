//! The SQL of readers.

pub(crate) mod addresses;
pub(crate) mod lendings;
mod library_import;
pub(crate) mod older;
pub(crate) mod outdated;

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search};
use lyceum_kit::sql::{Sequence, Table};
use lyceum_kit::takeover::places;
use lyceum_kit::text;

pub(crate) use self::library_import::{accounts_of, readers_among};
use crate::domain::{FoldedAddress, Reader, ReaderStatus};
use crate::photos::PHOTOS;

row!(versioned Reader in "readers" {
    id,
    number,
    user_id,
    full_name,
    full_name_folded,
    email,
    email_folded,
    birth_date,
    phone_number,
    category,
    interests,
    gdpr_consent,
    marketing_consent,
    third_party_consent,
    status,
    blocked_reason,
    photo,
    version,
    created_at,
    updated_at,
});

/// The numbers of readers, counted apart in each year.
pub(crate) const NUMBERS: Sequence = Sequence::new("readers");
pub(crate) const USERS: ReadModel = ReadModel::of("users_seen", &["user_id"], "auth_sequence");
const GENRES: ReadModel = ReadModel::of("genres_seen", &["genre_id"], "genres_sequence");

/// So many names are looked up by one statement.
const AT_ONCE: usize = 500;

/// The record of this person, if they are a reader.
pub(crate) fn of_user(user_id: UserId) -> Result<Option<Reader>, SqlError> {
    query_optional(Reader::select("WHERE user_id = $1", params![user_id]))
}

/// Fails the transaction unless the person is known to have an account.
pub(crate) fn has_account(user_id: UserId) -> Statement {
    statement("SELECT user_id FROM users_seen WHERE user_id = $1", params![user_id]).expect_rows(1)
}

/// Fails the transaction if the person is a reader.
pub(crate) fn no_reader_of(user_id: UserId) -> Statement {
    statement("SELECT id FROM readers WHERE user_id = $1", params![user_id]).expect_rows(0)
}

/// The person's account is known no more.
pub(crate) fn forget_user(user_id: UserId) -> Statement {
    statement("DELETE FROM users_seen WHERE user_id = $1", params![user_id])
}

/// A genre has this name, and is in use or no more.
pub(crate) fn genre_seen(
    projection: &Projection<'_>,
    genre_id: Uuid,
    name: &str,
    in_use: bool,
) -> Result<(), EventError> {
    let (name_folded, in_use) = (text::fold(name).into_value(), in_use.into_value());
    let values = [("name", name.into_value()), ("name_folded", name_folded), ("in_use", in_use)];
    projection.upsert(&GENRES, params![genre_id], &values).commit()
}

/// Which of these are names of genres in use: folded, with their own spelling as far as it is known.
pub(crate) fn genres_in_use(names: &[String]) -> Result<BTreeMap<String, Option<String>>, SqlError> {
    let folded: BTreeSet<String> = names.iter().map(|name| text::fold(name)).collect();
    let folded: Vec<Value> = folded.into_iter().map(IntoValue::into_value).collect();
    let mut genres = BTreeMap::new();
    // In parts, since a statement has a limit of parameters, and as many names come as somebody sends.
    for names in folded.chunks(AT_ONCE) {
        let text = format!(
            "SELECT name_folded, name FROM genres_seen WHERE in_use AND name_folded IN ({})",
            places(names.len())
        );
        let found: Vec<GenreSeen> = query_all(statement(text, names.to_vec()))?;
        genres.extend(found.into_iter().map(|GenreSeen { name_folded, name }| (name_folded, name)));
    }
    Ok(genres)
}

/// A genre's name, folded and as it is spelled.
struct GenreSeen {
    name_folded: String,
    name: Option<String>,
}
from_row!(GenreSeen { name_folded, name });

/// They are found by the name that they have now.
pub(crate) fn named(reader: &Reader) -> Vec<Statement> {
    WORDS.set(reader.id, &params![&reader.full_name_folded], &[&reader.full_name])
}

/// The record is gone with its photo, and nothing finds it; misses its row if it was changed since it was read.
pub(crate) fn delete(reader: &Reader) -> Vec<Statement> {
    let text = "DELETE FROM readers WHERE id = $1 AND version = $2";
    let deleted = statement(text, params![reader.id, reader.version]).expect_rows(1);
    let photo = PHOTOS.replace(reader.photo.as_ref(), None);
    photo.into_iter().chain([WORDS.remove(reader.id), deleted]).collect()
}

const BY_NAME: Order = Order::text("full_name_folded").named("name");
const WORDS: Index = Index::words("reader_words", "reader_id", &[BY_NAME]);

/// All of them.
pub(crate) struct Readers;

impl Listing for Readers {
    type Row = Reader;
    const LIST: List = List::of(Reader::TABLE, Reader::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[Search::by("q", WORDS).describe("Words of the name, or how they begin.")])
        .filters(&[
            Filter::equal::<FoldedAddress>("email")
                .column("email_folded")
                .describe("Only those with this address, in upper or lower case."),
            Filter::equal::<String>("phone_number").describe("Only those with this telephone."),
            Filter::equal::<String>("category").describe("Only those of this category."),
            Filter::equal::<ReaderStatus>("status").describe("Only those with this status."),
        ]);
}

#[cfg(test)]
mod tests;
