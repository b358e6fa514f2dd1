//! Genres: the kinds of books, as a tree that librarians keep and everybody reads.
//!
//! A name is there once in the whole tree, since older clients name a genre and not its place. A genre that is in use
//! ends by being archived: books keep it, and get it no more. Only what is archived can be deleted.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod jobs;
mod legacy;
mod library_import;
mod reading;
mod routes;
mod store;

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved};
use lyceum_event_types::genres::{GenreAdded, GenreChanged, GenreRemoved, JobContinued};
use lyceum_event_types::lendings::{LendingReturned, LendingStarted};

lyceum_kit::service! {
    name: "genres",
    routes: routes::routes,
    migrations: [
        "0001-genres",
        "0002-jobs" = lyceum_kit::job::JOBS,
        "0003-reports",
        "0004-taken-over" = lyceum_kit::takeover::TAKEN_OVER,
    ],
    publishes: [GenreAdded, GenreChanged, GenreRemoved, JobContinued],
    on: {
        projection: {
            BookAdded => reading::book_added,
            BookChanged => reading::book_changed,
            BookRemoved => reading::book_removed,
            LendingStarted => reading::lent,
            LendingReturned => reading::returned,
        },
        reaction: { JobContinued => jobs::go_on },
        periodic: jobs::JOBS,
    },
}
