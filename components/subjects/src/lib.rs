//! Subjects that are taught, as the syllabus system knows them: with codes, credits, prerequisites without circles, and what
//! else is noted of them by key.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod routes;
mod store;

lyceum_kit::service! {
    name: "subjects",
    routes: routes::routes,
    migrations: [
        "0001-subjects",
        "0002-sequences" = lyceum_kit::sql::SEQUENCES,
        "0003-erased" = lyceum_kit::erasure::ERASED,
    ],
    publishes: [events::Created, events::Updated, events::Deleted, lyceum_kit::erasure::ErasureAnswered],
    on: { erase: store::erase },
}
