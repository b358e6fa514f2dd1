//! Readers: the people who borrow, each with one record that belongs to their account.
//!
//! Librarians keep the records; a reader sees their own, and changes what is theirs to decide. Nobody else learns who
//! is a reader. Who has no account gets one together with the record. Which accounts and which genres there are is known from the events of `auth` and `genres`.
//!
//! The older library's clients (`legacy`) name readers by their numbers. There anybody becomes a reader by themselves, and
//! changes how they sign in, too, which `auth` keeps.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod account;
mod addresses;
mod domain;
mod events;
mod joining;
mod leaving;
mod legacy;
mod lendings;
mod library_import;
mod periodic;
mod photos;
mod routes;
mod rules;
mod store;

use lyceum_event_types::auth::{AddressChanged, UserCreated};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_event_types::lendings::LendingStarted;
use lyceum_event_types::readers::{ReaderAdded, ReaderChanged, ReaderRemoved};

lyceum_kit::service! {
    name: "readers",
    routes: routes::routes,
    migrations: [
        "0001-readers", "0002-sequences" = lyceum_kit::sql::SEQUENCES, "0003-erased" = lyceum_kit::erasure::ERASED,
        "0004-sagas" = lyceum_kit::saga::SAGAS, "0005-names-of-genres", "0007-addresses", "0008-lendings", "0009-photos",
        "0010-pictures" = lyceum_kit::pictures::PICTURES, "0011-address-versions", "0012-outdated-tokens",
        "0020-taken-over" = lyceum_kit::takeover::TAKEN_OVER,
    ],
    publishes: [ReaderAdded, ReaderChanged, ReaderRemoved],
    on: {
        projection: {
            UserCreated => events::user_created,
            AddressChanged => addresses::seen,
            GenreAdded => events::genre_added,
            GenreChanged => events::genre_changed,
            GenreRemoved => events::genre_removed,
            LendingStarted => lendings::lent,
        },
        reaction: { AddressChanged => addresses::follow },
        periodic: periodic::JOBS,
        erase: events::erase,
    },
}
