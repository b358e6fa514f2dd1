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

lyceum_kit::service! {
    name: "users",
    routes: routes::routes,
    migrations: ["0001-profiles", "0002-lists"],
    on_event: events::on_event,
}
