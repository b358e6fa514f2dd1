//! Books: the library's catalogue. A book is a title that the library has or knows of, with all that is said of it;
//! an item is a copy of it, with a barcode, a place and a status.
//!
//! - A book is told from others by its ISBN, if it has one, in either form and with whatever hyphens: it is kept as the
//!   thirteen digits. Two books without one may be alike.
//! - Contributors stand as they are printed on the book; `author_id` is the record of the `authors` service that they are
//!   known under there. Nothing that is read asks another service, so the catalogue answers when all others are down.
//! - A genre is refused that is archived or removed, and one of which nothing was heard: a mistyped id is no genre. That
//!   of one that was added a moment ago may still be on its way; who is refused for that asks again. A book keeps its genre
//!   when that is archived. It is the same with authors.
//! - How many copies there are and can be had is kept with the book, in the transaction that changes a copy; so it is
//!   part of the book's version and ETag.
//! - A copy is on loan from when lendings tell that it was lent until they tell that it is back, and awaits its pick-up from when
//!   they tell that it is kept for somebody until they tell that it isn't. Nobody else says either of a copy. One that a
//!   librarian said something else of meanwhile, such as that it is lost, stays what they said.
//! - A book is deleted when it has no items any more, and lendings says that nobody has it, even without a copy, or waits for it;
//!   an item unless somebody has it, or it is kept for them.
//! - Other systems harvest it by OAI-PMH and search it by SRU, if the operator says so without being signed in. A book that
//!   was deleted stays as a record that says that it was: see `store::records`.
//! - What is asked for may be kept by caches, which ask again with the ETag; see `routes::caching`.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod covers;
mod domain;
mod dublin_core;
mod events;
mod files;
mod importing;
mod leaving;
mod legacy;
mod library_import;
mod marc;
mod oai;
mod open_data;
mod periodic;
mod routes;
mod sru;
mod store;
mod xml;

use lyceum_event_types::authors::{AuthorAdded, AuthorChanged, AuthorRemoved};
use lyceum_event_types::books::{
    BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved, JobContinued,
};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved};
use lyceum_event_types::lendings::{
    HoldCancelled, HoldDelayed, HoldExpired, HoldReady, LendingReturned, LendingStarted,
};
use lyceum_event_types::readers::{ReaderAdded, ReaderChanged, ReaderRemoved};

lyceum_kit::service! {
    name: "books",
    routes: routes::routes,
    migrations: [
        "0001-books",
        "0002-item-types",
        "0003-covers",
        "0004-jobs" = lyceum_kit::job::JOBS,
        "0005-loans",
        "0006-older-face",
        "0007-lendings",
        "0008-kept-copies",
        "0009-records",
        "0011-pictures" = lyceum_kit::pictures::PICTURES,
        "0012-cover-objects",
        "0013-taken-over" = lyceum_kit::takeover::TAKEN_OVER,
        "0014-copies-of-holds",
    ],
    publishes: [BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved, JobContinued],
    on: {
        projection: {
            AuthorAdded => events::author_added,
            AuthorChanged => events::author_changed,
            AuthorRemoved => events::author_removed,
            GenreAdded => events::genre_added,
            GenreChanged => events::genre_changed,
            GenreRemoved => events::genre_removed,
            ReaderAdded => events::reader_added,
            ReaderChanged => events::reader_changed,
            ReaderRemoved => events::reader_removed,
        },
        reaction: {
            JobContinued => routes::go_on,
            LendingStarted => events::lending_started,
            LendingReturned => events::lending_returned,
            HoldReady => events::hold_ready,
            HoldDelayed => events::hold_delayed,
            HoldCancelled => events::hold_cancelled,
            HoldExpired => events::hold_expired,
        },
        periodic: periodic::JOBS,
    },
}
