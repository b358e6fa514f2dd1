//! The SQL of teams and who is in them.

use lyceum_event_types::users::teams::TeamRole;
use lyceum_kit::{
    list::{Filter, List, Listing, Order, Scope},
    prelude::*,
    row,
    search::{Index, Search, Terms},
    sql::Table,
};

use super::domain::Team;
use crate::domain::{MemberId, ProfileFields};

row!(versioned Team in "teams" {
    id, organization_id, name, name_folded, description, logo_url, version, created_at, updated_at,
});

/// Somebody is in at most so many teams of one organisation, so that they can leave all of them in one write.
pub(crate) const MOST: u32 = 100;

/// It is found by the name that it has now.
pub(crate) fn named(team: &Team) -> Vec<Statement> {
    WORDS.set(team.id, &params![&team.name_folded, team.organization_id], &[&team.name])
}

/// It is there no more; misses its row if it was changed since it was read.
pub(crate) fn delete(team: &Team) -> [Statement; 3] {
    let [words, members, _] = delete_whole(team.id);
    let text = "DELETE FROM teams WHERE id = $1 AND version = $2";
    [words, members, statement(text, params![team.id, team.version]).expect_rows(1)]
}

/// It is there no more, whatever it is.
pub(crate) fn delete_whole(team_id: Uuid) -> [Statement; 3] {
    let members = statement("DELETE FROM team_members WHERE team_id = $1", params![team_id]);
    let team = statement("DELETE FROM teams WHERE id = $1", params![team_id]).expect_rows(1);
    [WORDS.remove(team_id), members, team]
}

/// Some teams of an organisation.
pub(crate) fn some_of(organization_id: Uuid, most: i64) -> Result<Vec<Uuid>, SqlError> {
    let text = "SELECT id FROM teams WHERE organization_id = $1 ORDER BY created_at, id LIMIT $2";
    let found = query_all::<(Uuid,)>(statement(text, params![organization_id, most]))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// What somebody is in a team.
pub(crate) fn role_of(team_id: Uuid, user_id: UserId) -> Result<Option<TeamRole>, SqlError> {
    let text = "SELECT role FROM team_members WHERE team_id = $1 AND user_id = $2";
    Ok(query_optional::<(TeamRole,)>(statement(text, params![team_id, user_id]))?.map(|(role,)| role))
}

pub(crate) fn member(team_id: Uuid, user_id: UserId) -> Result<Option<Member>, SqlError> {
    let text = format!("SELECT {MEMBER_COLUMNS} FROM team_members WHERE team_id = $1 AND user_id = $2");
    query_optional(statement(text, params![team_id, user_id]))
}

/// The teams of an organisation that somebody is in.
pub(crate) fn teams_of(organization_id: Uuid, user_id: UserId) -> Statement {
    let text =
        "SELECT team_id FROM team_members WHERE organization_id = $1 AND user_id = $2 ORDER BY team_id";
    statement(text, params![organization_id, user_id])
}

/// Commits only if somebody is not in more teams of an organisation than they may be.
pub(crate) fn within_most(organization_id: Uuid, user_id: UserId) -> Statement {
    let text = format!(
        "SELECT team_id FROM team_members WHERE organization_id = $1 AND user_id = $2 ORDER BY team_id \
         LIMIT 1 OFFSET {MOST}"
    );
    statement(text, params![organization_id, user_id]).expect_rows(0)
}

/// Somebody is in it from now on. Misses its row if they are not in its organisation.
pub(crate) fn add_member(team_id: Uuid, user_id: UserId, role: TeamRole, joined_at: Timestamp) -> Statement {
    let text = "INSERT INTO team_members (team_id, organization_id, user_id, role, name_folded, joined_at) \
                SELECT t.id, m.organization_id, m.user_id, $3, m.name_folded, CAST($4 AS BIGINT) \
                FROM teams t CROSS JOIN organization_members m \
                WHERE t.id = $1 AND m.organization_id = t.organization_id AND m.user_id = $2";
    statement(text, params![team_id, user_id, role, joined_at]).expect_rows(1)
}

/// Somebody has another role. Misses its row if they no longer have the one that they had.
pub(crate) fn change_role(team_id: Uuid, user_id: UserId, from: TeamRole, to: TeamRole) -> Statement {
    let text = "UPDATE team_members SET role = $1 WHERE team_id = $2 AND user_id = $3 AND role = $4";
    statement(text, params![to, team_id, user_id, from]).expect_rows(1)
}

/// Somebody is in it no more.
pub(crate) fn remove_member(team_id: Uuid, user_id: UserId) -> Statement {
    let text = "DELETE FROM team_members WHERE team_id = $1 AND user_id = $2";
    statement(text, params![team_id, user_id]).expect_rows(1)
}

/// Somebody leaves all teams of an organisation, which are so many.
pub(crate) fn leave_all(organization_id: Uuid, user_id: UserId, count: usize) -> Statement {
    let text = "DELETE FROM team_members WHERE organization_id = $1 AND user_id = $2";
    let statement = statement(text, params![organization_id, user_id]);
    statement.expect_rows(u32::try_from(count).unwrap_or(u32::MAX))
}

const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const WORDS: Index =
    Index::words("team_words", "team_id", &[BY_NAME]).carrying(&[Order::text("organization_id")]);
const MEMBERS: Terms = Terms::of("team_members", "team_id", "user_id", &[]);

/// Teams by name.
pub(crate) struct Teams;

impl Listing for Teams {
    type Row = Team;
    const LIST: List = List::of(Team::TABLE, Team::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[Search::by("q", WORDS).describe("Words of the name, or how they begin.")])
        .filters(&[
            Filter::id("organization_id").describe("Only those of this organization."),
            Filter::among::<MemberId>("member", MEMBERS).describe("Only those that this person is in."),
        ]);
}

const MEMBER_COLUMNS: &str = "team_id, user_id, role, joined_at, (SELECT fields FROM profiles \
    WHERE profiles.user_id = team_members.user_id) AS fields";

pub(crate) fn in_team(team_id: Uuid) -> Scope {
    Scope::all().equal("team_id", team_id)
}

/// Somebody in a team, as a list finds them.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) team_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) role: TeamRole,
    pub(crate) joined_at: Timestamp,
    pub(crate) fields: AsJson<ProfileFields>,
}
from_row!(Member { team_id, user_id, role, joined_at, fields });

/// Those who are in a team, by name.
pub(crate) struct Members;

impl Listing for Members {
    type Row = Member;
    const LIST: List = List::of("team_members", MEMBER_COLUMNS, "user_id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("joined_at")])
        .filters(&[Filter::equal::<TeamRole>("role").describe("Only those with this role.")]);
}
