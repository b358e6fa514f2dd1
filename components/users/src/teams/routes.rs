//! The routes of `/api/v1/teams`.

use lyceum_event_types::users::teams::TeamDeleted;
use lyceum_kit::{
    list::ListQuery,
    prelude::*,
    sql::{Table as _, Versioned as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    domain::{Team, TeamFields},
    events,
    standing::InTeam,
    store::{self, Teams},
};
use crate::organizations::{
    standing::{Standing, own, unknown_organization},
    store::is_present,
};

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_teams))
        .add(Access::SignedIn, route!(create_team))
        .add(Access::SignedIn, route!(show_team))
        .add(Access::SignedIn, route!(replace_team))
        .add(Access::SignedIn, route!(delete_team))
}

impl Resource for Team {
    type View = Self;
    const PATH: &'static str = "/api/v1/teams";
    const MISSING: &'static str = "There is no such team.";
}

/// A team that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTeam {
    /// An organization that the caller keeps. The team belongs to it for good.
    organization_id: Uuid,
    /// One line of 1 to 100 characters, which no other team of the organization has, in whatever case and with whatever
    /// accents.
    name: String,
    /// At most 4,096 characters.
    description: Option<String>,
    /// An http or https address.
    logo_url: Option<String>,
}

fn name_taken() -> Problem {
    Problem::conflict("TEAM_NAME_TAKEN", "Another team of the organization has this name.")
}

/// Lists teams by name: those of an organization that the caller is in, or those that the caller is in; all for administrators.
#[utoipa::path(get, path = "/api/v1/teams", params(ListQuery<Teams>), responses(
    (status = 200, body = Listed<Team>),
    (status = 403, description = "Others are asked for, and no organization that the caller is in"),
))]
async fn list_teams(caller: Caller, uri: Uri, query: ListQuery<Teams>) -> Result<Response, Problem> {
    let named = query.given::<Uuid>("organization_id");
    let is_there = |id: Uuid| Standing::of(caller.clone(), id).is_ok();
    let query = if named.is_some_and(is_there) { query } else { own(&caller, &uri, query)? };
    query.answer(std::convert::identity)
}

/// Makes a team, in which nobody is yet. The organization's owners and admins do.
#[utoipa::path(post, path = "/api/v1/teams", request_body = NewTeam, responses(
    (status = 201, body = Team),
    (status = 403, description = "The caller is a member of the organization, and neither an owner nor an admin"),
    (status = 409, description = "`TEAM_NAME_TAKEN`: another team of the organization has the name"),
    (status = 422, description = "`UNKNOWN_ORGANIZATION`: the caller is in no such organization"),
))]
async fn create_team(
    context: Context,
    caller: Caller,
    ValidJson(new): ValidJson<NewTeam>,
) -> Result<Response, Problem> {
    let NewTeam { organization_id, name, description, logo_url } = new;
    Standing::named(caller, organization_id)?.must_keep()?;
    let team = Team::new(organization_id, TeamFields { name, description, logo_url })?;
    context
        .begin()
        .execute(is_present(organization_id))
        .on_missing(unknown_organization)
        .execute(team.insert())
        .on_unique("teams.organization_id,name_folded", name_taken)
        .execute_all(store::named(&team))
        .publish(&events::created(&team))
        .respond(team.created())
        .commit()
}

/// Shows a team, to everybody who is in its organization.
#[utoipa::path(get, path = "/api/v1/teams/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Team),
    (status = 404, description = "There is no such team in an organization that the caller is in"),
))]
async fn show_team(there: InTeam) -> Result<Response, Problem> {
    Ok(there.team.shown())
}

/// Says anew what a team is: what isn't given is there no more. For its leads, and the organization's owners and admins.
#[utoipa::path(put, path = "/api/v1/teams/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = TeamFields,
    responses(
        (status = 200, body = Team),
        (status = 403, description = "The caller does not keep the team"),
        (status = 404, description = "There is no such team in an organization that the caller is in"),
        (status = 409, description = "`TEAM_NAME_TAKEN`: another team of the organization has the name"),
    ))]
async fn replace_team(
    context: Context,
    there: InTeam,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<TeamFields>,
) -> Result<Response, Problem> {
    there.must_keep()?;
    if_match.check(&there.team.tag())?;
    let changed = there.team.with(fields)?;
    if changed.fields() == there.team.fields() {
        return Ok(there.team.shown());
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("teams.organization_id,name_folded", name_taken)
        .execute_all(store::named(&changed))
        .publish(&events::updated(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a team: everybody has left it. The organization's owners and admins do.
#[utoipa::path(delete, path = "/api/v1/teams/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "The caller is a member of the organization, and neither an owner nor an admin"),
    (status = 404, description = "There is no such team in an organization that the caller is in"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete_team(context: Context, there: InTeam, conditions: Conditions) -> Result<Response, Problem> {
    there.organization.must_keep()?;
    conditions.check(&there.team.tag())?;
    let Team { id: team_id, organization_id, .. } = there.team;
    context
        .begin()
        .execute_all(store::delete(&there.team))
        .on_missing(Problem::precondition_failed)
        .publish(&TeamDeleted { team_id, organization_id, deleted_at: clock::now() })
        .respond(no_content())
        .commit()
}
