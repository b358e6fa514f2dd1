//! What readers tell others, and what they hear of accounts and genres.

use lyceum_event_types::auth::UserCreated;
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_event_types::readers::{self, ReaderAdded, ReaderChanged, ReaderRemoved};
use lyceum_kit::erasure::{self, Erasure};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;
use lyceum_kit::takeover::address_key;

use crate::domain::{Reader, ReaderStatus};
use crate::store;

pub(crate) fn added(reader: &Reader) -> ReaderAdded {
    ReaderAdded { reader: told(reader), added_at: reader.created_at }
}

pub(crate) fn changed(reader: &Reader) -> ReaderChanged {
    ReaderChanged { reader: told(reader), changed_at: reader.updated_at }
}

fn told(reader: &Reader) -> readers::Reader {
    let reader = reader.clone();
    readers::Reader {
        reader_id: reader.id,
        number: reader.number,
        user_id: reader.user_id,
        full_name: reader.full_name,
        email: reader.email,
        category: reader.category,
        birth_date: reader.birth_date,
        phone_number: reader.phone_number,
        interests: reader.interests.0,
        blocked: reader.status == ReaderStatus::Blocked,
    }
}

pub(crate) fn removed(reader: &Reader) -> ReaderRemoved {
    ReaderRemoved { reader_id: reader.id, user_id: reader.user_id, removed_at: clock::now() }
}

pub(crate) fn user_created(projection: &Projection<'_>, user: &UserCreated) -> Result<(), EventError> {
    if erasure::is_erased(user.user_id)? {
        return Ok(());
    }
    let address = address_key(&user.email).into_value();
    projection.upsert(&store::USERS, params![user.user_id], &[("address", address)]).commit()
}

pub(crate) fn genre_added(projection: &Projection<'_>, genre: &GenreAdded) -> Result<(), EventError> {
    store::genre_seen(projection, genre.genre_id, &genre.name, !genre.archived)
}

pub(crate) fn genre_changed(projection: &Projection<'_>, genre: &GenreChanged) -> Result<(), EventError> {
    store::genre_seen(projection, genre.genre_id, &genre.name, !genre.archived)
}

pub(crate) fn genre_removed(projection: &Projection<'_>, genre: &GenreRemoved) -> Result<(), EventError> {
    store::genre_seen(projection, genre.genre_id, "", false)
}

/// A person's record goes with them, and so does the note that they have an account.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let user_id = erasure.user_id();
    let transaction = transaction
        .execute(store::forget_user(user_id))
        .execute(store::lendings::forget(user_id))
        .execute(store::outdated::forget(user_id));
    Ok(match store::of_user(user_id)? {
        Some(reader) => transaction.execute_all(store::delete(&reader)).publish(&removed(&reader)),
        // Somebody may be adding one at this moment: then all of this is tried again.
        None => transaction.execute(store::no_reader_of(user_id)),
    })
}
