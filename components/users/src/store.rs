//! The SQL of people and their profiles.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{Person, Status, fold};

from_row!(Person { user_id, email, status, roles, fields, version, created_at, updated_at });

const COLUMNS: &str = "user_id, email, status, roles, fields, version, created_at, updated_at";

/// The person, if they have a profile.
pub(crate) fn find(user_id: &str) -> Result<Option<Person>, SqlError> {
    query_optional(statement(format!("SELECT {COLUMNS} FROM profiles WHERE user_id = $1"), params![user_id]))
}

/// A new person, with their roles.
pub(crate) fn insert(person: &Person) -> Vec<Statement> {
    let profile = statement(
        "INSERT INTO profiles (user_id, email, status, roles, fields, email_folded, name_folded, version, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            &person.user_id,
            &person.email,
            person.status.name(),
            &person.roles,
            &person.fields,
            fold(&person.email),
            fold(&person.fields.0.display_name),
            person.version,
            person.created_at,
            person.updated_at,
        ],
    );
    let roles = person.roles.0.iter().map(|role| insert_role(&person.user_id, *role));
    std::iter::once(profile).chain(roles).collect()
}

/// What the person or an administrator changed, unless it was changed since it was read.
pub(crate) fn update(person: &Person) -> Statement {
    statement(
        "UPDATE profiles SET status = $1, fields = $2, name_folded = $3, version = $4, updated_at = $5 \
         WHERE user_id = $6 AND version = $7",
        params![
            person.status.name(),
            &person.fields,
            fold(&person.fields.0.display_name),
            person.version,
            person.updated_at,
            &person.user_id,
            person.version - 1,
        ],
    )
    .expect_rows(1)
}

/// The roles that auth gave; fails when there is no such person.
pub(crate) fn replace_roles(user_id: &str, roles: &[Role]) -> Vec<Statement> {
    let profile = statement(
        "UPDATE profiles SET roles = $1, version = version + 1, updated_at = $2 WHERE user_id = $3",
        params![AsJson(roles), clock::now(), user_id],
    );
    let clear = statement("DELETE FROM profile_roles WHERE user_id = $1", params![user_id]);
    let given = roles.iter().map(|role| insert_role(user_id, *role));
    [profile.expect_rows(1), clear].into_iter().chain(given).collect()
}

fn insert_role(user_id: &str, role: Role) -> Statement {
    let text =
        "INSERT INTO profile_roles (role, user_id) VALUES ($1, $2) ON CONFLICT (role, user_id) DO NOTHING";
    statement(text, params![role, user_id])
}

/// Which people to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// How their name or address begins.
    pub(crate) beginning: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) status: Option<Status>,
}

/// Where a person stands in the list: by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Position {
    name: String,
    user_id: String,
}

impl Position {
    pub(crate) fn of(person: &Person) -> Self {
        Self { name: fold(&person.fields.0.display_name), user_id: person.user_id.clone() }
    }
}

/// The people after that position.
pub(crate) fn list(filter: Filter, after: Option<Position>, rows: i64) -> Result<Vec<Person>, SqlError> {
    query_all(list_statement(filter, after, rows))
}

fn list_statement(filter: Filter, after: Option<Position>, rows: i64) -> Statement {
    let mut params = Vec::new();
    let mut place = |value: Value| {
        params.push(value);
        format!("${}", params.len())
    };
    let mut conditions = vec!["1 = 1".to_owned()];
    if let Some(beginning) = filter.beginning {
        let first = fold(&beginning);
        // Nothing that begins with it sorts after this, by bytes.
        let last = place(format!("{first}\u{10FFFF}").into_value());
        let first = place(first.into_value());
        conditions.push(format!(
            "((name_folded >= {first} AND name_folded < {last}) \
             OR (email_folded >= {first} AND email_folded < {last}))"
        ));
    }
    if let Some(role) = filter.role {
        let role = place(role.into_value());
        conditions.push(format!("user_id IN (SELECT user_id FROM profile_roles WHERE role = {role})"));
    }
    if let Some(status) = filter.status {
        conditions.push(format!("status = {}", place(status.name().into_value())));
    }
    if let Some(Position { name, user_id }) = after {
        let (name, user_id) = (place(name.into_value()), place(user_id.into_value()));
        conditions.push(format!("(name_folded > {name} OR (name_folded = {name} AND user_id > {user_id}))"));
    }
    let limit = place(rows.into_value());
    let conditions = conditions.join(" AND ");
    statement(
        format!(
            "SELECT {COLUMNS} FROM profiles WHERE {conditions} ORDER BY name_folded, user_id LIMIT {limit}"
        ),
        params,
    )
}
