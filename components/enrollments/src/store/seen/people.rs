//! People, and what they are in.

use lyceum_event_types::auth::{AddressChanged, UserCreated};
use lyceum_event_types::users::cohorts::{
    CohortCreated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved,
};
use lyceum_event_types::users::organizations::{
    OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberChanged, OrganizationMemberRemoved,
    OrganizationRole,
};
use lyceum_kit::erasure::is_erased;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};
use lyceum_kit::text;

const PEOPLE: ReadModel = ReadModel::of("people_seen", &["user_id"], "auth_sequence");
const ORGANIZATIONS: ReadModel = ReadModel::of("organizations_seen", &["organization_id"], "users_sequence");
const MEMBERS: ReadModel = ReadModel::of("members_seen", &["organization_id", "user_id"], "users_sequence");
const COHORTS: ReadModel = ReadModel::of("cohorts_seen", &["cohort_id"], "users_sequence");
const COHORT_MEMBERS: ReadModel =
    ReadModel::of("cohort_members_seen", &["cohort_id", "user_id"], "users_sequence");

/// An address in the one form in which they are compared.
fn folded(address: &str) -> String {
    let folded = text::fold(address.trim());
    match folded.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", text::domain::readable(domain)),
        None => folded,
    }
}

fn person(projection: &Projection<'_>, user_id: UserId, address: &str) -> Result<(), EventError> {
    if is_erased(user_id)? {
        return Ok(());
    }
    projection.upsert(&PEOPLE, params![user_id], &[("address", folded(address).into_value())]).commit()
}

/// Somebody has an account.
pub(crate) fn person_came(projection: &Projection<'_>, user: &UserCreated) -> Result<(), EventError> {
    person(projection, user.user_id, &user.email)
}

/// Somebody has another address.
pub(crate) fn address_changed(
    projection: &Projection<'_>,
    changed: &AddressChanged,
) -> Result<(), EventError> {
    person(projection, changed.user_id, &changed.email)
}

/// Whether somebody has an account, as far as is known.
pub(crate) fn is_known(user_id: UserId) -> Result<bool, SqlError> {
    exists(statement("SELECT user_id FROM people_seen WHERE user_id = $1", params![user_id]))
}

/// Who has this address. There are two only while the news of one of them is under way.
pub(crate) fn with_address(address: &str) -> Result<Vec<UserId>, SqlError> {
    let text = "SELECT user_id FROM people_seen WHERE address = $1 LIMIT 2";
    users(statement(text, params![folded(address)]))
}

fn member(
    projection: &Projection<'_>,
    organization_id: Uuid,
    user_id: UserId,
    role: Option<OrganizationRole>,
) -> Result<(), EventError> {
    if is_erased(user_id)? {
        return Ok(());
    }
    projection.upsert(&MEMBERS, params![organization_id, user_id], &[("role", role.into_value())]).commit()
}

/// Somebody is in an organisation.
pub(crate) fn member_added(
    projection: &Projection<'_>,
    added: &OrganizationMemberAdded,
) -> Result<(), EventError> {
    member(projection, added.organization_id, added.user_id, Some(added.role))
}

/// Somebody has another role there.
pub(crate) fn member_changed(
    projection: &Projection<'_>,
    changed: &OrganizationMemberChanged,
) -> Result<(), EventError> {
    member(projection, changed.organization_id, changed.user_id, Some(changed.role))
}

/// Somebody is there no more.
pub(crate) fn member_removed(
    projection: &Projection<'_>,
    removed: &OrganizationMemberRemoved,
) -> Result<(), EventError> {
    member(projection, removed.organization_id, removed.user_id, None)
}

/// An organisation is gone, and nobody is in it any more.
pub(crate) fn organization_deleted(
    projection: &Projection<'_>,
    deleted: &OrganizationDeleted,
) -> Result<(), EventError> {
    let values = [("removed", true.into_value())];
    projection.upsert(&ORGANIZATIONS, params![deleted.organization_id], &values).commit()
}

/// There is a cohort.
pub(crate) fn cohort_created(projection: &Projection<'_>, created: &CohortCreated) -> Result<(), EventError> {
    let values = [("organization_id", created.organization_id.into_value()), ("removed", false.into_value())];
    projection.upsert(&COHORTS, params![created.cohort_id], &values).commit()
}

/// A cohort is gone.
pub(crate) fn cohort_deleted(projection: &Projection<'_>, deleted: &CohortDeleted) -> Result<(), EventError> {
    let values = [("organization_id", deleted.organization_id.into_value()), ("removed", true.into_value())];
    projection.upsert(&COHORTS, params![deleted.cohort_id], &values).commit()
}

fn in_cohort(
    projection: &Projection<'_>,
    cohort_id: Uuid,
    user_id: UserId,
    present: bool,
) -> Result<(), EventError> {
    if is_erased(user_id)? {
        return Ok(());
    }
    let values = [("present", present.into_value())];
    projection.upsert(&COHORT_MEMBERS, params![cohort_id, user_id], &values).commit()
}

/// Somebody is in a cohort.
pub(crate) fn cohort_member_added(
    projection: &Projection<'_>,
    added: &CohortMemberAdded,
) -> Result<(), EventError> {
    in_cohort(projection, added.cohort_id, added.user_id, true)
}

/// Somebody is in a cohort no more.
pub(crate) fn cohort_member_removed(
    projection: &Projection<'_>,
    removed: &CohortMemberRemoved,
) -> Result<(), EventError> {
    in_cohort(projection, removed.cohort_id, removed.user_id, false)
}

/// Whether somebody is in an organisation.
pub(crate) fn is_in_organization(organization_id: Uuid, user_id: UserId) -> Result<bool, SqlError> {
    Ok(role(organization_id, user_id)?.is_some())
}

/// Whether somebody keeps an organisation's cohorts.
pub(crate) fn keeps_cohorts(organization_id: Uuid, user_id: UserId) -> Result<bool, SqlError> {
    Ok(role(organization_id, user_id)?.is_some_and(|role| role != OrganizationRole::Member))
}

fn role(organization_id: Uuid, user_id: UserId) -> Result<Option<OrganizationRole>, SqlError> {
    let text = "SELECT role FROM members_seen WHERE organization_id = $1 AND user_id = $2 AND NOT EXISTS \
                (SELECT 1 FROM organizations_seen o WHERE o.organization_id = $1 AND o.removed = TRUE)";
    let found: Option<(Option<OrganizationRole>,)> =
        query_optional(statement(text, params![organization_id, user_id]))?;
    Ok(found.and_then(|(role,)| role))
}

/// The organisation of a cohort that is there.
pub(crate) fn cohort(cohort_id: Uuid) -> Result<Option<Uuid>, SqlError> {
    let text = "SELECT organization_id FROM cohorts_seen WHERE cohort_id = $1 AND removed = FALSE";
    let found: Option<(Uuid,)> = query_optional(statement(text, params![cohort_id]))?;
    Ok(found.map(|(organization_id,)| organization_id))
}

/// Those who are in a cohort, some at a time, after this person.
pub(crate) fn cohort_members(
    cohort_id: Uuid,
    after: Option<UserId>,
    limit: u16,
) -> Result<Vec<UserId>, SqlError> {
    let after = after.map_or(String::new(), |user_id| user_id.to_string());
    let text = "SELECT user_id FROM cohort_members_seen WHERE cohort_id = $1 AND user_id > $2 \
                AND present = TRUE ORDER BY user_id LIMIT $3";
    users(statement(text, params![cohort_id, after, limit]))
}

/// Nothing is known of this person any more.
pub(crate) fn forget(user_id: UserId) -> [Statement; 4] {
    ["people_seen", "members_seen", "cohort_members_seen", "competencies_seen"]
        .map(|table| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![user_id]))
}

fn users(statement: Statement) -> Result<Vec<UserId>, SqlError> {
    Ok(query_all::<(UserId,)>(statement)?.into_iter().map(|(user_id,)| user_id).collect())
}

fn exists(statement: Statement) -> Result<bool, SqlError> {
    Ok(query_optional::<(UserId,)>(statement)?.is_some())
}
