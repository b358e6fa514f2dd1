//! Who is in a team, and as what.

use lyceum_event_types::users::teams::{TeamMemberAdded, TeamMemberChanged, TeamMemberRemoved, TeamRole};
use lyceum_kit::{again::again, list::ListQuery, prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    standing::InTeam,
    store::{self, Member, Members},
};
use crate::{
    domain::ProfileFields,
    organizations::members::{WhoInPath, missing, not_a_member},
};

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_team_members))
        .add(Access::SignedIn, route!(add_team_member))
        .add(Access::SignedIn, route!(change_team_member))
        .add(Access::SignedIn, route!(remove_team_member))
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
struct TeamMember {
    team_id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    display_name: String,
    avatar_url: Option<String>,
    role: TeamRole,
    joined_at: Timestamp,
}

impl From<Member> for TeamMember {
    fn from(member: Member) -> Self {
        let Member { team_id, user_id, role, joined_at, fields } = member;
        let ProfileFields { display_name, avatar_url, .. } = fields.0;
        Self { team_id, user_id, display_name, avatar_url, role, joined_at }
    }
}

/// Whom to add, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTeamMember {
    /// Somebody who is in the team's organization.
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// What they are there; `member` if not said.
    #[serde(default = "member")]
    role: TeamRole,
}

const fn member() -> TeamRole {
    TeamRole::Member
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamRoleChange {
    role: TeamRole,
}

/// Lists who is in a team, by name, for everybody who is in its organization.
#[utoipa::path(get, path = "/api/v1/teams/{id}/members", params(("id" = Uuid, Path), ListQuery<Members>),
    responses(
        (status = 200, body = Listed<TeamMember>),
        (status = 404, description = "There is no such team in an organization that the caller is in"),
    ))]
async fn list_team_members(there: InTeam, query: ListQuery<Members>) -> Result<Response, Problem> {
    query.answer_within(&store::in_team(there.team.id), TeamMember::from)
}

/// Adds somebody to a team, who is in its organization. Its leads do, and the organization's owners and admins.
#[utoipa::path(post, path = "/api/v1/teams/{id}/members", params(("id" = Uuid, Path)), request_body = NewTeamMember,
    responses(
        (status = 201, body = TeamMember),
        (status = 403, description = "The caller does not keep the team"),
        (status = 404, description = "There is no such team in an organization that the caller is in"),
        (status = 409, description = "`ALREADY_MEMBER`: they are in it; `TOO_MANY_TEAMS`: they are in 100 of the \
            organization already"),
        (status = 422, description = "`NOT_A_MEMBER`: nobody with this id is in the organization"),
    ))]
async fn add_team_member(
    context: Context,
    there: InTeam,
    ValidJson(new): ValidJson<NewTeamMember>,
) -> Result<Response, Problem> {
    there.must_keep()?;
    let NewTeamMember { user_id, role } = new;
    let (team_id, organization_id, joined_at) = (there.team.id, there.team.organization_id, clock::now());
    let person = crate::store::find(user_id)?.ok_or_else(not_a_member)?;
    let added = Member { team_id, user_id, role, joined_at, fields: person.fields };
    let location = format!("/api/v1/teams/{team_id}/members");
    context
        .begin()
        .execute(store::add_member(team_id, user_id, role, joined_at))
        .on_missing(not_a_member)
        .on_unique("team_members.team_id,user_id", || {
            Problem::conflict("ALREADY_MEMBER", "They are in the team already.")
        })
        .execute(store::within_most(organization_id, user_id))
        .on_missing(|| {
            Problem::conflict("TOO_MANY_TEAMS", "They are in 100 teams of the organization already.")
        })
        .publish(&TeamMemberAdded { team_id, organization_id, user_id, role, joined_at })
        .respond(created(&location, Json(TeamMember::from(added))))
        .commit()
}

/// Gives somebody in a team another role. Its leads do, and the organization's owners and admins.
#[utoipa::path(put, path = "/api/v1/teams/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    request_body = TeamRoleChange,
    responses(
        (status = 200, body = TeamMember),
        (status = 403, description = "The caller does not keep the team"),
        (status = 404, description = "There is no such team in an organization that the caller is in, or nobody there has \
            this id"),
    ))]
async fn change_team_member(
    context: Context,
    there: InTeam,
    Path(who): Path<WhoInPath>,
    ValidJson(TeamRoleChange { role }): ValidJson<TeamRoleChange>,
) -> Result<Response, Problem> {
    there.must_keep()?;
    let (team_id, organization_id) = (there.team.id, there.team.organization_id);
    let user_id = who.user_id.of(&there.organization.caller);
    again(|| {
        let member = store::member(team_id, user_id)?.ok_or_else(missing)?;
        let before = member.role;
        let answer = Json(TeamMember::from(Member { role, ..member }));
        if before == role {
            return Ok(answer.into_response());
        }
        context
            .begin()
            .execute(store::change_role(team_id, user_id, before, role))
            .on_missing(Problem::changed_meanwhile)
            .publish(&TeamMemberChanged { team_id, organization_id, user_id, role, changed_at: clock::now() })
            .respond(answer)
            .commit()
    })
}

/// Ends that somebody is in a team. Everybody may leave; its leads, and the organization's owners and admins, may send others
/// away.
#[utoipa::path(delete, path = "/api/v1/teams/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    responses(
        (status = 204, description = "They are in it no more"),
        (status = 403, description = "The caller does not keep the team"),
        (status = 404, description = "There is no such team in an organization that the caller is in, or nobody there has \
            this id"),
    ))]
async fn remove_team_member(
    context: Context,
    there: InTeam,
    Path(who): Path<WhoInPath>,
) -> Result<Response, Problem> {
    let (team_id, organization_id) = (there.team.id, there.team.organization_id);
    let caller = &there.organization.caller;
    let user_id = who.user_id.of(caller);
    if user_id != caller.user_id {
        there.must_keep()?;
    }
    context
        .begin()
        .execute(store::remove_member(team_id, user_id))
        .on_missing(missing)
        .publish(&TeamMemberRemoved { team_id, organization_id, user_id, removed_at: clock::now() })
        .respond(no_content())
        .commit()
}
