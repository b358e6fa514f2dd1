//! Organisations: what they are, who is in them, and who may do what there.
//!
//! Those who are in an organisation see it, and administrators do: to everybody else it isn't there.

pub(crate) mod domain;
pub(crate) mod ending;
pub(crate) mod events;
pub(crate) mod leaving;
pub(crate) mod members;
pub(crate) mod memberships;
pub(crate) mod routes;
pub(crate) mod standing;
pub(crate) mod store;

use lyceum_kit::prelude::*;

pub(crate) fn routes() -> Routes {
    routes::routes().with(members::routes()).with(memberships::routes())
}
