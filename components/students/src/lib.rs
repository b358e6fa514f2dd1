//! students: what staff write down about students, as documents: comments, grades and activities.
//!
//! An entry has the fields of its kind, and `details`, any JSON object within limits. It carries the keys that its lists
//! are read by (`keys`), so that every page is a range of one index, however many entries there are.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod erasing;
mod keys;
mod routes;
mod store;

use lyceum_event_types::students::{EntryAdded, EntryChanged, EntryRemoved};

lyceum_kit::service! {
    name: "students",
    routes: routes::routes,
    migrations: ["0001-erased" = lyceum_kit::erasure::ERASED],
    documents: crate::store::collections,
    publishes: [EntryAdded, EntryChanged, EntryRemoved],
    on: { erase: erasing::erase },
}
