//! Lendings: the circulation of a library's copies.
//!
//! - What is lent is a copy, which has been known since the catalogue told of it; nothing here asks another service. So with
//!   the catalogue away copies are still lent and taken back.
//! - Circulation rules are rows, which librarians change while everything runs; `domain::rule` says which one decides.
//!   What was agreed stays with the lending: a rule that is changed afterwards changes nothing for it.
//! - A copy is with one reader at a time, by a unique index, and no reader is above their limit, by the row of their account:
//!   of checkouts at the same moment, which all read that it is allowed, the database lets one through.
//! - Who waits for a book stands in its queue. A copy that comes back, or to the shelf, is kept for who is first, and passed on
//!   if they don't fetch it. Until that is done nobody else gets it, unless the rule says so. Each change of a queue says which
//!   state of it was read, so that no two follow the same one.
//! - A copy that is kept and then is lost, mended or withdrawn is kept no more (`holding::given_up`): another one that is free is,
//!   or its reader waits again, before all others, and is told.
//! - The older library's clients (`legacy`) know books and no copies: they get a free copy, or, if the catalogue has none, a
//!   lending of no copy in particular, which holds to the same rules.
//! - A day on which a library is closed is never the last day of a lending, and costs nothing.
//! - Days are those of UTC.
//! - Who has or owes something can neither be erased nor deleted as a reader: `users` and `readers` ask here first, and who may
//!   go begins nothing new from then on (`routes::closures`). Who went waits for nothing; their lendings and fines remain,
//!   without them if they are erased. In the same way `books` asks before a book is deleted, which somebody may have without a
//!   copy in particular, or wait for.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod holding;
mod legacy;
mod library_import;
mod reminding;
mod routes;
mod store;

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved};
use lyceum_event_types::lendings::{
    FineCharged, FineSettled, HoldCancelled, HoldDelayed, HoldExpired, HoldPlaced, HoldReady, LendingDueSoon,
    LendingOverdue, LendingRenewed, LendingReturned, LendingStarted,
};
use lyceum_event_types::readers::{ReaderAdded, ReaderChanged, ReaderRemoved};

lyceum_kit::service! {
    name: "lendings",
    routes: routes::routes,
    migrations: [
        "0001-lendings",
        "0002-sequences" = lyceum_kit::sql::SEQUENCES,
        "0003-erased" = lyceum_kit::erasure::ERASED,
        "0004-holds",
        "0005-older-face",
        "0006-blocked-readers",
        "0007-leaving-readers",
        "0008-awaited-copies",
    ],
    publishes: [
        LendingStarted,
        LendingReturned,
        LendingRenewed,
        LendingDueSoon,
        LendingOverdue,
        HoldPlaced,
        HoldReady,
        HoldDelayed,
        HoldCancelled,
        HoldExpired,
        FineCharged,
        FineSettled,
    ],
    on: {
        projection: {
            BookAdded => events::book_added,
            BookChanged => events::book_changed,
            BookRemoved => events::book_removed,
            ItemAdded => events::item_added,
            ItemChanged => events::item_changed,
            ItemRemoved => events::item_removed,
            ReaderAdded => events::reader_added,
            ReaderChanged => events::reader_changed,
            ReaderRemoved => events::reader_removed,
        },
        reaction: {
            ReaderRemoved => holding::reader_left,
            ItemAdded => holding::item_came,
            ItemChanged => holding::item_moved,
            ItemRemoved => holding::item_left,
        },
        periodic: reminding::JOBS,
        erase: store::erasing::erase,
    },
}
