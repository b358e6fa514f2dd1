//! Rooms: each has a name of its own and a description.
//!
//! Start reading at `routes`, then `domain`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod routes;
mod store;

lyceum_kit::service! {
    name: "rooms",
    routes: routes::routes,
    migrations: ["0001-rooms"],
    publishes: [events::RoomAdded],
}
