//! The SQL of organisations and their members.

pub(crate) mod ending;

use lyceum_event_types::users::organizations::OrganizationRole;
use lyceum_kit::{
    list::{Filter, List, Listing, Order, Scope},
    prelude::*,
    row,
    search::{Index, Search, Terms},
    sql::Table,
};

use super::domain::{Membership, Organization};
use crate::domain::{MemberId, ProfileFields};

row!(versioned Organization in "organizations" {
    id, name, name_folded, slug, description, logo_url, website, location, version, created_at, updated_at,
});

/// The organisation, unless it is being deleted.
pub(crate) fn present(id: Uuid) -> Statement {
    Organization::select("WHERE id = $1 AND present = TRUE", params![id])
}

/// Commits only if the organisation is there.
pub(crate) fn is_present(id: Uuid) -> Statement {
    present(id).expect_rows(1)
}

pub(crate) fn slug_is_taken(slug: &str) -> Result<bool, SqlError> {
    let found =
        query_optional::<(Uuid,)>(statement("SELECT id FROM organizations WHERE slug = $1", params![slug]))?;
    Ok(found.is_some())
}

/// It is found by the name that it has now.
pub(crate) fn named(organization: &Organization) -> Vec<Statement> {
    WORDS.set(organization.id, &params![&organization.name_folded], &[&organization.name])
}

/// It is there no more, and nobody finds it; what is in it ends afterwards. Misses its row if it was changed since it was
/// read.
pub(crate) fn delete(organization: &Organization) -> [Statement; 2] {
    let text = "UPDATE organizations SET present = FALSE, slug = id, version = version + 1 \
                WHERE id = $1 AND version = $2 AND present = TRUE";
    let gone = statement(text, params![organization.id, organization.version]).expect_rows(1);
    [WORDS.remove(organization.id), gone]
}

/// What somebody is in an organisation.
pub(crate) fn role_of(organization_id: Uuid, user_id: UserId) -> Statement {
    let text = "SELECT role FROM organization_members WHERE organization_id = $1 AND user_id = $2";
    statement(text, params![organization_id, user_id])
}

pub(crate) fn member(organization_id: Uuid, user_id: UserId) -> Result<Option<Member>, SqlError> {
    let text = format!(
        "SELECT {MEMBER_COLUMNS} FROM organization_members WHERE organization_id = $1 AND user_id = $2"
    );
    query_optional(statement(text, params![organization_id, user_id]))
}

/// Somebody is in it from now on. Misses its row if nobody has this id, or there is no such organisation.
pub(crate) fn add_member(
    organization_id: Uuid,
    user_id: UserId,
    role: OrganizationRole,
    joined_at: Timestamp,
) -> Statement {
    let text = "INSERT INTO organization_members (organization_id, user_id, role, name_folded, joined_at) \
                SELECT o.id, p.user_id, $3, p.name_folded, CAST($4 AS BIGINT) \
                FROM organizations o CROSS JOIN profiles p \
                WHERE o.id = $1 AND o.present = TRUE AND p.user_id = $2";
    statement(text, params![organization_id, user_id, role, joined_at]).expect_rows(1)
}

/// Somebody has another role. Misses its row if they no longer have the one that they had.
pub(crate) fn change_role(
    organization_id: Uuid,
    user_id: UserId,
    from: OrganizationRole,
    to: OrganizationRole,
) -> Statement {
    let text = "UPDATE organization_members SET role = $1 \
                WHERE organization_id = $2 AND user_id = $3 AND role = $4";
    statement(text, params![to, organization_id, user_id, from]).expect_rows(1)
}

/// Somebody is in it no more. Misses its row if they no longer have the role that they had.
pub(crate) fn remove_member(organization_id: Uuid, user_id: UserId, role: OrganizationRole) -> Statement {
    let text = "DELETE FROM organization_members WHERE organization_id = $1 AND user_id = $2 AND role = $3";
    statement(text, params![organization_id, user_id, role]).expect_rows(1)
}

/// It has one owner more.
pub(crate) fn one_owner_more(organization_id: Uuid) -> Statement {
    let text = "UPDATE organizations SET owners = owners + 1 WHERE id = $1";
    statement(text, params![organization_id]).expect_rows(1)
}

/// It has one owner less. Misses its row if there are not so many that one may go.
pub(crate) fn one_owner_less(organization_id: Uuid, at_least: i64) -> Statement {
    let text = "UPDATE organizations SET owners = owners - 1 WHERE id = $1 AND owners > $2";
    statement(text, params![organization_id, at_least]).expect_rows(1)
}

/// Who has been an admin of it for longest, besides this person.
pub(crate) fn longest_admin(organization_id: Uuid, but: UserId) -> Result<Option<UserId>, SqlError> {
    let text = "SELECT user_id FROM organization_members WHERE organization_id = $1 AND role = $2 \
                AND user_id <> $3 ORDER BY joined_at, user_id LIMIT 1";
    let params = params![organization_id, OrganizationRole::Admin, but];
    Ok(query_optional::<(UserId,)>(statement(text, params))?.map(|(user_id,)| user_id))
}

/// Somebody besides this person who owns it.
pub(crate) fn another_owner(organization_id: Uuid, but: UserId) -> Statement {
    let text = "SELECT user_id FROM organization_members WHERE organization_id = $1 AND role = $2 \
                AND user_id <> $3 ORDER BY joined_at, user_id LIMIT 1";
    statement(text, params![organization_id, OrganizationRole::Owner, but])
}

/// What somebody is in, as a list of ids: at most this many.
pub(crate) fn organizations_of(user_id: UserId, most: i64) -> Result<Vec<Uuid>, SqlError> {
    let text = "SELECT organization_id FROM organization_members WHERE user_id = $1 \
                ORDER BY joined_at, organization_id LIMIT $2";
    Ok(query_all::<(Uuid,)>(statement(text, params![user_id, most]))?.into_iter().map(|(id,)| id).collect())
}

/// Commits only if somebody is in no organisation.
pub(crate) fn is_in_none(user_id: UserId) -> Statement {
    let text = "SELECT organization_id FROM organization_members WHERE user_id = $1 \
                ORDER BY joined_at, organization_id LIMIT 1";
    statement(text, params![user_id]).expect_rows(0)
}

const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const WORDS: Index = Index::words("organization_words", "organization_id", &[BY_NAME]);
const MEMBERS: Terms = Terms::of("organization_members", "organization_id", "user_id", &[]);

/// Organisations by name, but for those that are being deleted.
pub(crate) struct Organizations;

impl Organizations {
    pub(crate) fn scope() -> Scope {
        Scope::all().equal("present", true)
    }
}

impl Listing for Organizations {
    type Row = Organization;
    const LIST: List = List::of(Organization::TABLE, Organization::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[Search::by("q", WORDS).describe("Words of the name, or how they begin.")])
        .filters(&[
            Filter::equal::<String>("slug").describe("Only the one with this slug."),
            Filter::among::<MemberId>("member", MEMBERS).describe(
                "Only those that this person is in; always the caller, unless an administrator asks.",
            ),
            Filter::flag("ownerless", "owners = 0")
                .column("owners")
                .describe("Only those whose owners are all gone."),
        ]);
}

const MEMBER_COLUMNS: &str = "organization_id, user_id, role, joined_at, (SELECT fields FROM profiles \
    WHERE profiles.user_id = organization_members.user_id) AS fields";

pub(crate) fn in_organization(organization_id: Uuid) -> Scope {
    Scope::all().equal("organization_id", organization_id)
}

/// Somebody in an organisation, as a list finds them.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) organization_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) role: OrganizationRole,
    pub(crate) joined_at: Timestamp,
    pub(crate) fields: AsJson<ProfileFields>,
}
from_row!(Member { organization_id, user_id, role, joined_at, fields });

/// Those who are in an organisation, by name.
pub(crate) struct Members;

impl Listing for Members {
    type Row = Member;
    const LIST: List = List::of("organization_members", MEMBER_COLUMNS, "user_id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("joined_at")])
        .filters(&[Filter::equal::<OrganizationRole>("role").describe("Only those with this role.")]);
}

const MEMBERSHIP_COLUMNS: &str = "organization_id, role, joined_at, (SELECT name FROM organizations \
    WHERE organizations.id = organization_members.organization_id) AS name, (SELECT slug FROM organizations \
    WHERE organizations.id = organization_members.organization_id) AS slug";

/// What somebody is in, the oldest first.
pub(crate) struct Memberships;

impl Memberships {
    pub(crate) fn scope(user_id: UserId) -> Scope {
        let present = "EXISTS (SELECT 1 FROM organizations WHERE organizations.id = \
                       organization_members.organization_id AND organizations.present = TRUE)";
        Scope::all().equal("user_id", user_id).only(present)
    }
}

impl Listing for Memberships {
    type Row = Membership;
    const LIST: List =
        List::of("organization_members", MEMBERSHIP_COLUMNS, "organization_id", Order::integer("joined_at"));
}

#[cfg(test)]
mod tests;
