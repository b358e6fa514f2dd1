//! auth: accounts, sessions and roles; who somebody is and what they may do.
//!
//! An account and its `UserCreated` event are committed together. Passwords are
//! hashed by the component `passwords`. An access token is good for 15 minutes or
//! until its session ends, which the event `SessionsEnded` tells the gateway; a
//! refresh token is exchanged once, and who shows it later ends the session. Sign-in
//! answers alike for known and unknown addresses.
//!
//! Start reading at `routes`; the rules are in `domain`, the tables in `migrations`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod first_admin;
mod library_keys;
mod passwords;
mod routes;
mod secrets;
mod store;

use lyceum_event_types::{
    auth::{AddressChanged, RolesChanged, SessionsEnded, UserCreated},
    users::StatusChanged,
};

lyceum_kit::service! {
    name: "auth",
    routes: routes::routes,
    migrations: [
        "0001-accounts", "0002-refresh-keys", "0003-erased" = lyceum_kit::erasure::ERASED, "0004-erasures",
        "0005-sequences" = lyceum_kit::sql::SEQUENCES, "0006-library", "0007-proposed-accounts",
        "0008-library-librarians", "0010-library-roles", "0020-taken-over" = lyceum_kit::takeover::TAKEN_OVER,
    ],
    publishes: [UserCreated, RolesChanged, AddressChanged, SessionsEnded],
    on: {
        reaction: { StatusChanged => events::status_changed },
        periodic: events::JOBS,
        erase: events::erase,
    },
}
