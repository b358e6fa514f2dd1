//! A small service with read models: who there is, by what auth and users say of them. Only for tests, which plug it in
//! and make its read models anew from the log.
//!
//! It also keeps what no event tells: remarks, which refer to rows that events make.
#![forbid(unsafe_code)]

mod routes;

use lyceum_event_types::{
    auth::{RolesChanged, UserCreated},
    users::StatusChanged,
};
use lyceum_kit::{
    erasure::{self, Erasure},
    prelude::*,
    projection::{Projection, ReadModel},
};

const MEMBERS: ReadModel = ReadModel::of("members", &["user_id"], "auth_sequence");
const STATUS: ReadModel = ReadModel::of("member_status", &["user_id"], "users_sequence");

fn user_created(projection: &Projection<'_>, user: &UserCreated) -> Result<(), EventError> {
    if erasure::is_erased(user.user_id)? {
        return Ok(());
    }
    let values = [("display_name", user.display_name.as_str().into_value())];
    projection
        .upsert(&MEMBERS, params![user.user_id], &values)
        .execute_all(roles(user.user_id, &user.roles))
        .commit()
}

fn roles_changed(projection: &Projection<'_>, changed: &RolesChanged) -> Result<(), EventError> {
    if erasure::is_erased(changed.user_id)? {
        return Ok(());
    }
    projection
        .update(&MEMBERS, params![changed.user_id], &[])
        .execute_all(roles(changed.user_id, &changed.roles))
        .commit()
}

fn roles(user_id: UserId, roles: &Roles) -> Vec<Statement> {
    let clear = statement("DELETE FROM member_roles WHERE user_id = $1", params![user_id]);
    let insert = |role: &str| {
        statement("INSERT INTO member_roles (user_id, role) VALUES ($1, $2)", params![user_id, role])
    };
    std::iter::once(clear).chain(roles.names().into_iter().map(insert)).collect()
}

/// Waits for the member, whom another publisher's event makes.
fn status_changed(projection: &Projection<'_>, changed: &StatusChanged) -> Result<(), EventError> {
    if erasure::is_erased(changed.user_id)? {
        return Ok(());
    }
    let member = statement("SELECT user_id FROM members WHERE user_id = $1", params![changed.user_id]);
    projection
        .upsert(&STATUS, params![changed.user_id], &[("status", AsJson(&changed.status).into_value())])
        .needs(member, "the member")
        .commit()
}

#[allow(clippy::unnecessary_wraps, reason = "others fail: all have one type")]
fn erase(erasure: &Erasure<'_>, transaction: Transaction<Silent>) -> Result<Transaction<Silent>, EventError> {
    let tables = ["remarks", "member_status", "member_roles", "members"];
    let delete =
        |table| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![erasure.user_id()]);
    Ok(transaction.execute_all(tables.map(delete)))
}

lyceum_kit::service! {
    name: "roster",
    routes: routes::routes,
    migrations: ["0001-members", "0002-erased" = lyceum_kit::erasure::ERASED],
    on: {
        projection: {
            UserCreated => user_created,
            RolesChanged => roles_changed,
            StatusChanged => status_changed,
        },
        erase: erase,
    },
}
