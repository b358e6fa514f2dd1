//! Books: the library's catalogue. A book is a title that the library has or knows of, with all that is said of it;
//! an item is a copy of it, with a barcode, a place and a status.
//!
//! - A book is told from others by its ISBN, if it has one, in either form and with whatever hyphens: it is kept as the
//!   thirteen digits. Two books without one may be alike.
//! - Contributors stand as they are printed on the book; `author_id` is the record of the `authors` service that they are
//!   known under there, and is taken as it is given. Nothing here asks another service, so the catalogue answers
//!   when all others are down.
//! - A genre is refused that is known to be archived or removed; one that nothing is known of yet is taken, since its
//!   event may still be on its way. A book keeps its genre when that is archived.
//! - How many copies there are and can be had is kept with the book, in the transaction that changes a copy; so it is
//!   part of the book's version and ETag.
//! - A book is deleted when it has no items any more, and an item unless it is on loan.
//! - What is asked for may be kept by caches, which ask again with the ETag; see `routes::caching`.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod routes;
mod store;

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};

lyceum_kit::service! {
    name: "books",
    routes: routes::routes,
    migrations: ["0001-books", "0002-item-types"],
    publishes: [BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved],
    on: {
        projection: {
            GenreAdded => events::genre_added,
            GenreChanged => events::genre_changed,
            GenreRemoved => events::genre_removed,
        },
    },
}
