//! Users: a person's profile, preferences and status.
//!
//! A profile is made when auth says that an account was created, and belongs to
//! the person; administrators find people and set their status. Who may sign in
//! is auth's concern: it follows the events that are published here.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod routes;
mod store;

use lyceum_event_types::{
    auth::{RolesChanged, UserCreated},
    users::{ErasureRequested, ProfileCreated, ProfileUpdated, StatusChanged},
};

lyceum_kit::service! {
    name: "users",
    routes: routes::routes,
    migrations: [
        "0001-profiles", "0002-lists", "0003-watermark", "0004-erased" = lyceum_kit::erasure::ERASED,
    ],
    publishes: [ProfileCreated, ProfileUpdated, StatusChanged, ErasureRequested],
    on: {
        projection: { RolesChanged => events::roles_changed },
        reaction: { UserCreated => events::create },
        erase: events::erase,
    },
}
