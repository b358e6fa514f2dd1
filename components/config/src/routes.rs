//! Routes: configurations and flags at the paths and in the forms of the syllabus system's contract, what is this service's own
//! beside them, and the evaluation of flags by OpenFeature's protocol.

mod by_key;
mod configurations;
mod discovery;
mod evaluation;
mod flags;
mod ofrep;
mod open;
mod rules;
mod versions;
mod view;

use lyceum_kit::dialect::AURORA;
use lyceum_kit::prelude::*;

/// Who may read all this, and who may change it: administrators, and tokens that are limited to it.
const READ: Access = Access::Permission(Permission::new("config:read"));
const WRITE: Access = Access::Permission(Permission::new("config:write"));

pub(crate) fn routes() -> Routes {
    Routes::new("Configuration", "Configurations of services, and feature flags.")
        .with(contract())
        .with(own())
        .with(ofrep())
}

/// What clients of the syllabus system know. Nobody had to sign in there, which an operator may want at some addresses.
fn contract() -> Routes {
    Routes::new("", "")
        .add(WRITE, route!(configurations::create))
        .add(READ, route!(configurations::list))
        .add(READ, route!(configurations::bulk))
        .add(READ, route!(configurations::show))
        .add(WRITE, route!(configurations::change))
        .add(WRITE, route!(configurations::delete))
        .add(READ, route!(configurations::history))
        .add(READ, route!(by_key::show))
        .add(READ, route!(by_key::value))
        .add(WRITE, route!(by_key::put))
        .add(WRITE, route!(flags::create))
        .add(READ, route!(flags::list))
        .add(READ, route!(flags::show))
        .add(READ, route!(flags::keyed))
        .add(WRITE, route!(flags::change))
        .add(WRITE, route!(flags::toggle))
        .add(WRITE, route!(flags::rollout))
        .add(WRITE, route!(flags::delete))
        .add(READ, route!(evaluation::bulk))
        .add(READ, route!(evaluation::evaluated))
        .add(READ, route!(evaluation::check))
        .add(READ, route!(discovery::list))
        .add(READ, route!(discovery::healthy))
        .add(READ, route!(discovery::show))
        .add(WRITE, route!(discovery::heartbeat))
        .add(WRITE, route!(discovery::remove))
        .add(WRITE, route!(discovery::clean))
        .add(READ, route!(discovery::health))
        .add(READ, route!(discovery::all_health))
        .open_when(open::is_open)
        .dialect(&AURORA)
}

/// What that system lacked.
fn own() -> Routes {
    Routes::new("", "")
        .add(READ, route!(versions::list))
        .add(WRITE, route!(versions::roll_back))
        .add(READ, route!(rules::show))
        .add(WRITE, route!(rules::replace))
        .add(READ, route!(rules::history))
        .add(WRITE, route!(discovery::register))
        .dialect(&AURORA)
}

/// What front ends ask.
fn ofrep() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(ofrep::one).without_idempotency())
        .add(Access::SignedIn, route!(ofrep::all).without_idempotency())
}

/// Who is signed in, if somebody is.
fn actor(caller: &MaybeCaller) -> Option<UserId> {
    caller.0.as_ref().map(|caller| caller.user_id)
}

/// Nothing has this number or key.
fn not_found(what: &str, id: impl std::fmt::Display) -> Problem {
    Problem::not_found(format!("{what} {id} not found"))
}
