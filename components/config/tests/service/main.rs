//! Configurations and flags on SQLite and on PostgreSQL, as the contract of the syllabus system says row by row.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod access;
mod configurations;
mod discovery;
mod flags;
mod ofrep;
mod secrets;
mod seed;

use lyceum_config::SERVICE;
use lyceum_kit::role::Role;
use lyceum_testing::{App, As, contract};
use serde_json::{Value, json};

const CONFIGURATIONS: &str = "/api/v1/configurations";
const FLAGS: &str = "/api/v1/feature-flags";

fn admin(app: &App) -> As<'_> {
    app.as_role(Role::Admin)
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}
