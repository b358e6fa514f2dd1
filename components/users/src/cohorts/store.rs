//! The SQL of cohorts and who is in them.

use lyceum_kit::{
    list::{Filter, List, Listing, Order, Scope},
    prelude::*,
    row,
    search::{Index, Search, Terms},
    sql::Table,
};

use super::domain::Cohort;
use crate::domain::{MemberId, ProfileFields};

row!(versioned Cohort in "cohorts" {
    id, organization_id, name, name_folded, description, version, created_at, updated_at,
});

/// Somebody is in at most so many cohorts of one organisation, so that they can leave all of them in one write.
pub(crate) const MOST: u32 = 100;

/// It is found by the name that it has now.
pub(crate) fn named(cohort: &Cohort) -> Vec<Statement> {
    WORDS.set(cohort.id, &params![&cohort.name_folded, cohort.organization_id], &[&cohort.name])
}

/// It is there no more; misses its row if it was changed since it was read.
pub(crate) fn delete(cohort: &Cohort) -> [Statement; 3] {
    let [words, members, _] = delete_whole(cohort.id);
    let text = "DELETE FROM cohorts WHERE id = $1 AND version = $2";
    [words, members, statement(text, params![cohort.id, cohort.version]).expect_rows(1)]
}

/// It is there no more, whatever it is.
pub(crate) fn delete_whole(cohort_id: Uuid) -> [Statement; 3] {
    let members = statement("DELETE FROM cohort_members WHERE cohort_id = $1", params![cohort_id]);
    let cohort = statement("DELETE FROM cohorts WHERE id = $1", params![cohort_id]).expect_rows(1);
    [WORDS.remove(cohort_id), members, cohort]
}

/// Some cohorts of an organisation.
pub(crate) fn some_of(organization_id: Uuid, most: i64) -> Result<Vec<Uuid>, SqlError> {
    let text = "SELECT id FROM cohorts WHERE organization_id = $1 ORDER BY created_at, id LIMIT $2";
    let found = query_all::<(Uuid,)>(statement(text, params![organization_id, most]))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody is in a cohort.
pub(crate) fn has(cohort_id: Uuid, user_id: UserId) -> Result<bool, SqlError> {
    let text = "SELECT user_id FROM cohort_members WHERE cohort_id = $1 AND user_id = $2";
    Ok(query_optional::<(UserId,)>(statement(text, params![cohort_id, user_id]))?.is_some())
}

/// The cohorts of an organisation that somebody is in.
pub(crate) fn cohorts_of(organization_id: Uuid, user_id: UserId) -> Statement {
    let text =
        "SELECT cohort_id FROM cohort_members WHERE organization_id = $1 AND user_id = $2 ORDER BY cohort_id";
    statement(text, params![organization_id, user_id])
}

/// Commits only if somebody is not in more cohorts of an organisation than they may be.
pub(crate) fn within_most(organization_id: Uuid, user_id: UserId) -> Statement {
    let text = format!(
        "SELECT cohort_id FROM cohort_members WHERE organization_id = $1 AND user_id = $2 ORDER BY cohort_id \
         LIMIT 1 OFFSET {MOST}"
    );
    statement(text, params![organization_id, user_id]).expect_rows(0)
}

/// Somebody is in it from now on. Misses its row if they are not in its organisation.
pub(crate) fn add_member(cohort_id: Uuid, user_id: UserId, joined_at: Timestamp) -> Statement {
    let text = "INSERT INTO cohort_members (cohort_id, organization_id, user_id, name_folded, joined_at) \
                SELECT t.id, m.organization_id, m.user_id, m.name_folded, CAST($3 AS BIGINT) \
                FROM cohorts t CROSS JOIN organization_members m \
                WHERE t.id = $1 AND m.organization_id = t.organization_id AND m.user_id = $2";
    statement(text, params![cohort_id, user_id, joined_at]).expect_rows(1)
}

/// Somebody is in it no more.
pub(crate) fn remove_member(cohort_id: Uuid, user_id: UserId) -> Statement {
    let text = "DELETE FROM cohort_members WHERE cohort_id = $1 AND user_id = $2";
    statement(text, params![cohort_id, user_id]).expect_rows(1)
}

/// Somebody leaves all cohorts of an organisation, which are so many.
pub(crate) fn leave_all(organization_id: Uuid, user_id: UserId, count: usize) -> Statement {
    let text = "DELETE FROM cohort_members WHERE organization_id = $1 AND user_id = $2";
    let statement = statement(text, params![organization_id, user_id]);
    statement.expect_rows(u32::try_from(count).unwrap_or(u32::MAX))
}

const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const WORDS: Index =
    Index::words("cohort_words", "cohort_id", &[BY_NAME]).carrying(&[Order::text("organization_id")]);
const MEMBERS: Terms = Terms::of("cohort_members", "cohort_id", "user_id", &[]);

/// Cohorts by name.
pub(crate) struct Cohorts;

impl Listing for Cohorts {
    type Row = Cohort;
    const LIST: List = List::of(Cohort::TABLE, Cohort::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[Search::by("q", WORDS).describe("Words of the name, or how they begin.")])
        .filters(&[
            Filter::id("organization_id").describe("Only those of this organization."),
            Filter::among::<MemberId>("member", MEMBERS).describe("Only those that this person is in."),
        ]);
}

const MEMBER_COLUMNS: &str = "cohort_id, user_id, joined_at, (SELECT fields FROM profiles \
    WHERE profiles.user_id = cohort_members.user_id) AS fields";

pub(crate) fn in_cohort(cohort_id: Uuid) -> Scope {
    Scope::all().equal("cohort_id", cohort_id)
}

/// Somebody in a cohort, as a list finds them.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) cohort_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) joined_at: Timestamp,
    pub(crate) fields: AsJson<ProfileFields>,
}
from_row!(Member { cohort_id, user_id, joined_at, fields });

/// Those who are in a cohort, by name.
pub(crate) struct Members;

impl Listing for Members {
    type Row = Member;
    const LIST: List = List::of("cohort_members", MEMBER_COLUMNS, "user_id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("joined_at")]);
}

/// Who has an address, and what they are in.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) user_id: UserId,
    /// Whether they are in the organisation.
    pub(crate) is_member: bool,
    /// Whether they are in the cohort.
    pub(crate) is_there: bool,
}
from_row!(Found { user_id, is_member, is_there });

/// The person with this address, if there is one.
pub(crate) fn with_address(
    email: &str,
    organization_id: Uuid,
    cohort_id: Uuid,
) -> Result<Option<Found>, SqlError> {
    let text = "SELECT p.user_id AS user_id, EXISTS (SELECT 1 FROM organization_members m \
                WHERE m.organization_id = $2 AND m.user_id = p.user_id) AS is_member, \
                EXISTS (SELECT 1 FROM cohort_members c WHERE c.cohort_id = $3 AND c.user_id = p.user_id) AS is_there \
                FROM profiles p WHERE p.email_folded = $1 LIMIT 1";
    query_optional(statement(text, params![crate::domain::fold_address(email), organization_id, cohort_id]))
}
