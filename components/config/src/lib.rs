//! Configurations of services and feature flags, as the syllabus system knows them, with what it lacked: versions that can be
//! gone back to, sealed secrets, rules of flags, an answer for OpenFeature's clients, and a note of who changed what.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod parameters;
mod routes;
mod sealing;
mod store;

lyceum_kit::service! {
    name: "config",
    routes: routes::routes,
    migrations: [
        "0001-configurations",
        "0002-flags",
        "0003-sequences" = lyceum_kit::sql::SEQUENCES,
        "0004-erased" = lyceum_kit::erasure::ERASED,
        "0005-discovery",
    ],
    publishes: [
        events::Updated, events::FlagChanged, events::FlagToggled, events::FlagDeleted,
        lyceum_kit::erasure::ErasureAnswered,
    ],
    on: { erase: store::erase },
}
