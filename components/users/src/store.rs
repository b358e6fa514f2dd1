//! The SQL of people and their profiles.

use crate::domain::{Person, Status, fold, fold_address};
use lyceum_kit::{
    list::{Filter, List, Listing, Order},
    prelude::*,
    projection::ReadModel,
    search::{Index, Search, Terms},
};

from_row!(Person { user_id, email, status, roles, fields, version, created_at, updated_at });

const COLUMNS: &str = "user_id, email, status, roles, fields, version, created_at, updated_at";

/// The person, if they have a profile.
pub(crate) fn find(user_id: UserId) -> Result<Option<Person>, SqlError> {
    query_optional(statement(format!("SELECT {COLUMNS} FROM profiles WHERE user_id = $1"), params![user_id]))
}

/// Profiles, as far as they follow auth's events about the person.
pub(crate) const PROFILES: ReadModel = ReadModel::of("profiles", &["user_id"], "auth_sequence");

/// The same of their addresses.
pub(crate) const ADDRESSES: ReadModel = ReadModel::of("profiles", &["user_id"], "address_sequence");

/// A new person, with their roles, as of this event of auth's about them.
pub(crate) fn insert(person: &Person, sequence: i64) -> Vec<Statement> {
    let profile = statement(
        "INSERT INTO profiles (user_id, email, status, roles, fields, email_folded, name_folded, version, \
         created_at, updated_at, auth_sequence, address_sequence) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        params![
            person.user_id,
            &person.email,
            person.status.name(),
            AsJson(&person.roles),
            &person.fields,
            fold_address(&person.email),
            fold(&person.fields.0.display_name),
            person.version,
            person.created_at,
            person.updated_at,
            sequence,
        ],
    );
    std::iter::once(profile)
        .chain(find_by_name(person))
        .chain(set_roles(person.user_id, &person.roles))
        .collect()
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
            person.user_id,
            person.version - 1,
        ],
    )
    .expect_rows(1)
}

/// Lists find them by the name that they have now.
pub(crate) fn renamed(person: &Person) -> Vec<Statement> {
    let text = "UPDATE profile_roles SET name_folded = $1 WHERE user_id = $2 AND name_folded <> $1";
    let name = fold(&person.fields.0.display_name);
    let roles = statement(text, params![&name, person.user_id]);
    let member_of = ["organization_members", "team_members", "cohort_members"].map(|table| {
        let text = format!("UPDATE {table} SET name_folded = $1 WHERE user_id = $2 AND name_folded <> $1");
        statement(text, params![&name, person.user_id])
    });
    std::iter::once(roles).chain(member_of).chain(find_by_name(person)).collect()
}

/// A list with the role finds them by it.
fn set_roles(user_id: UserId, roles: &Roles) -> Vec<Statement> {
    let insert = |role: &str| {
        statement(
            "INSERT INTO profile_roles (role, user_id, name_folded) \
             SELECT $1, user_id, name_folded FROM profiles WHERE user_id = $2 ON CONFLICT (role, user_id) DO NOTHING",
            params![role, user_id],
        )
    };
    roles.names().into_iter().map(insert).collect()
}

/// The beginnings of their name and address find them.
fn find_by_name(person: &Person) -> Vec<Statement> {
    let name = &person.fields.0.display_name;
    BEGINNINGS.set(person.user_id, &params![fold(name)], &[name, &person.email])
}

/// What follows for a person whose profile has these roles now.
pub(crate) fn replace_roles(user_id: UserId, roles: &Roles) -> Vec<Statement> {
    let changed = "UPDATE profiles SET version = version + 1 WHERE user_id = $1";
    let clear = "DELETE FROM profile_roles WHERE user_id = $1";
    let statements = [changed, clear].map(|text| statement(text, params![user_id]));
    statements.into_iter().chain(set_roles(user_id, roles)).collect()
}

/// Finds the person as they were read.
pub(crate) fn unchanged(person: &Person) -> Statement {
    let text = "SELECT user_id FROM profiles WHERE user_id = $1 AND version = $2";
    statement(text, params![person.user_id, person.version])
}

/// What follows for a person who has this address now.
pub(crate) fn readdressed(person: Person, email: &str) -> Vec<Statement> {
    let changed = "UPDATE profiles SET version = version + 1 WHERE user_id = $1";
    let changed = statement(changed, params![person.user_id]);
    let person = Person { email: email.to_owned(), ..person };
    std::iter::once(changed).chain(find_by_name(&person)).collect()
}

/// Removes a person whose data is to be erased, and what finds them.
pub(crate) fn erase(user_id: UserId) -> Vec<Statement> {
    let tables = ["profile_roles", "profile_beginnings", "profiles"];
    let delete = |table| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![user_id]);
    tables.into_iter().map(delete).collect()
}

const BY_NAME: Order = Order::text("name_folded");
const ROLES: Terms = Terms::of("profile_roles", "user_id", "role", &[BY_NAME]);
const BEGINNINGS: Index =
    Index::beginning("profile_beginnings", "user_id", &[BY_NAME]).folded_by(fold_address);

/// People by name.
pub(crate) struct People;

impl Listing for People {
    type Row = Person;
    const LIST: List = List::of("profiles", COLUMNS, "user_id", BY_NAME)
        .searches(&[Search::by("q", BEGINNINGS)
            .describe("How their display name or address begins, in upper or lower case.")])
        .filters(&[
            Filter::among::<Role>("role", ROLES).describe("Only those with this role."),
            Filter::equal::<Status>("status").describe("Only those with this status."),
        ]);
}
