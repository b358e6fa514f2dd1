//! Authors: those who write books, as librarians know them and everybody finds them, under any of their names.
//!
//! An author has the name that is read, the one that is sorted by, and others that were or are in use; identifiers by
//! which other catalogues know the same person; and maybe a photo, which is in a container. Names are not there once
//! only: people share them. Identifiers are.
//!
//! Authors aren't people who use Lyceum, and nothing here says who wrote an entry: so there is nothing of a user's to
//! be erased, and the declaration has no `erase`.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod books;
mod domain;
mod events;
mod legacy;
mod library_import;
mod photos;
mod routes;
mod store;

use lyceum_event_types::authors::{AuthorAdded, AuthorChanged, AuthorRemoved};
use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved};
use lyceum_event_types::lendings::LendingStarted;

lyceum_kit::service! {
    name: "authors",
    routes: routes::routes,
    migrations: [
        "0001-authors",
        "0002-sequences" = lyceum_kit::sql::SEQUENCES,
        "0003-books",
        "0004-lendings",
        "0006-pictures" = lyceum_kit::pictures::PICTURES,
        "0007-photo-objects",
        "0008-taken-over" = lyceum_kit::takeover::TAKEN_OVER,
    ],
    publishes: [AuthorAdded, AuthorChanged, AuthorRemoved],
    on: {
        projection: {
            BookAdded => books::added,
            BookChanged => books::changed,
            BookRemoved => books::removed,
            LendingStarted => books::lent,
        },
        periodic: events::JOBS,
    },
}
