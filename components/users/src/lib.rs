//! Users: a person's profile, preferences and status.
//!
//! A profile is made when auth says that an account was created, and belongs to
//! the person; administrators find people and set their status. Who may sign in
//! is auth's concern: it follows the events that are published here.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod erasure;
mod events;
mod export;
mod routes;
mod store;

use lyceum_event_types::{
    auth::{RolesChanged, UserCreated},
    platform::ErasureAnswered,
    users::{ErasureRequested, JobContinued, ProfileCreated, ProfileUpdated, StatusChanged},
};

lyceum_kit::service! {
    name: "users",
    routes: routes::routes,
    migrations: [
        "0001-profiles", "0002-lists", "0003-watermark", "0004-erased" = lyceum_kit::erasure::ERASED,
        "0005-sagas" = lyceum_kit::saga::SAGAS, "0006-jobs" = lyceum_kit::job::JOBS,
    ],
    publishes: [ProfileCreated, ProfileUpdated, StatusChanged, ErasureRequested, JobContinued],
    on: {
        projection: { RolesChanged => events::roles_changed },
        reaction: { UserCreated => events::create, ErasureAnswered => erasure::answered, JobContinued => export::go_on },
        periodic: events::JOBS,
        erase: store::erase,
    },
}
