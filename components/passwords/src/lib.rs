//! passwords: hashes passwords and checks them, for the component `auth` only.
//!
//! It is a component of its own so that hashing, which takes 19 MiB and tens of
//! milliseconds, has a limit of its own on how much runs at once, and the instances
//! of `auth` stay small. It keeps nothing.
//!
//! Start reading at [`domain`].
#![forbid(unsafe_code)]

pub mod domain;
mod routes;

lyceum_kit::service! {
    name: "passwords",
    routes: routes::routes,
}
