//! Who is in an organisation, and as what.

use lyceum_event_types::users::organizations::OrganizationRole;
use lyceum_kit::{again::again, list::ListQuery, prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    events,
    leaving::Leaving,
    standing::Standing,
    store::{self, Member, Members},
};
use crate::domain::ProfileFields;

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_organization_members))
        .add(Access::SignedIn, route!(add_organization_member))
        .add(Access::SignedIn, route!(show_organization_member))
        .add(Access::SignedIn, route!(change_organization_member))
        .add(Access::SignedIn, route!(remove_organization_member))
}

/// Somebody in an organization.
#[derive(Debug, Serialize, ToSchema)]
struct OrganizationMember {
    organization_id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    display_name: String,
    avatar_url: Option<String>,
    role: OrganizationRole,
    joined_at: Timestamp,
}

impl From<Member> for OrganizationMember {
    fn from(member: Member) -> Self {
        let Member { organization_id, user_id, role, joined_at, fields } = member;
        let ProfileFields { display_name, avatar_url, .. } = fields.0;
        Self { organization_id, user_id, display_name, avatar_url, role, joined_at }
    }
}

/// Whom to add, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganizationMember {
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// What they are there; `member` if not said.
    #[serde(default = "member")]
    role: OrganizationRole,
}

const fn member() -> OrganizationRole {
    OrganizationRole::Member
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganizationRoleChange {
    role: OrganizationRole,
}

/// A person in a path, beside the organisation.
#[derive(Deserialize)]
pub(crate) struct WhoInPath {
    pub(crate) user_id: Subject,
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("There is no such member.")
}

/// Who is added to a team or cohort is in its organisation.
pub(crate) fn not_a_member() -> Problem {
    let message = "Nobody with this id is in the organization.";
    Problem::invalid(vec![Violation::new("NOT_A_MEMBER", message).at("/user_id")])
}

/// Nobody has the id that a body names.
pub(crate) fn unknown_person() -> Problem {
    Problem::invalid(vec![Violation::new("UNKNOWN_PERSON", "Nobody has this id.").at("/user_id")])
}

fn last_owner() -> Problem {
    Problem::conflict("LAST_OWNER", "Nobody else owns the organization: make somebody an owner first.")
}

/// Lists who is in an organization, by name, for everybody who is in it.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/members", params(("id" = Uuid, Path), ListQuery<Members>),
    responses(
        (status = 200, body = Listed<OrganizationMember>),
        (status = 404, description = "The caller is in no such organization"),
    ))]
async fn list_organization_members(
    standing: Standing,
    query: ListQuery<Members>,
) -> Result<Response, Problem> {
    query.answer_within(&store::in_organization(standing.id()), OrganizationMember::from)
}

/// Adds somebody to an organization. Its owners and admins do, and only owners make owners.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/members", params(("id" = Uuid, Path)),
    request_body = NewOrganizationMember, responses(
        (status = 201, body = OrganizationMember),
        (status = 403, description = "The caller is a member, and may not give this role"),
        (status = 404, description = "The caller is in no such organization"),
        (status = 409, description = "`ALREADY_MEMBER`: they are in it"),
        (status = 422, description = "`UNKNOWN_PERSON`: nobody has this id"),
    ))]
async fn add_organization_member(
    context: Context,
    standing: Standing,
    ValidJson(new): ValidJson<NewOrganizationMember>,
) -> Result<Response, Problem> {
    let (id, NewOrganizationMember { user_id, role }) = (standing.id(), new);
    standing.must_decide(&[role])?;
    let person = crate::store::find(user_id)?.ok_or_else(unknown_person)?;
    let joined_at = clock::now();
    let added = Member { organization_id: id, user_id, role, joined_at, fields: person.fields };
    let location = format!("/api/v1/organizations/{id}/members/{user_id}");
    context
        .begin()
        .execute(store::add_member(id, user_id, role, joined_at))
        .on_missing(unknown_person)
        .on_unique("organization_members.organization_id,user_id", || {
            Problem::conflict("ALREADY_MEMBER", "They are in the organization already.")
        })
        .execute_all((role == OrganizationRole::Owner).then(|| store::one_owner_more(id)))
        .publish(&events::member_added(id, user_id, role, joined_at))
        .respond(created(&location, Json(OrganizationMember::from(added))))
        .commit()
}

/// Shows somebody in an organization; `me` is the caller.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    responses(
        (status = 200, body = OrganizationMember),
        (status = 404, description = "The caller is in no such organization, or nobody there has this id"),
    ))]
async fn show_organization_member(
    standing: Standing,
    Path(who): Path<WhoInPath>,
) -> Result<Response, Problem> {
    let member = store::member(standing.id(), who.user_id.of(&standing.caller))?.ok_or_else(missing)?;
    Ok(Json(OrganizationMember::from(member)).into_response())
}

/// Gives somebody in an organization another role. Only owners make or unmake owners, and one always stays.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    request_body = OrganizationRoleChange,
    responses(
        (status = 200, body = OrganizationMember),
        (status = 403, description = "The caller is a member, and may not give or take this role"),
        (status = 404, description = "The caller is in no such organization, or nobody there has this id"),
        (status = 409, description = "`LAST_OWNER`: nobody else owns it"),
    ))]
async fn change_organization_member(
    context: Context,
    standing: Standing,
    Path(who): Path<WhoInPath>,
    ValidJson(OrganizationRoleChange { role }): ValidJson<OrganizationRoleChange>,
) -> Result<Response, Problem> {
    let (id, user_id) = (standing.id(), who.user_id.of(&standing.caller));
    again(|| {
        let member = store::member(id, user_id)?.ok_or_else(missing)?;
        standing.must_decide(&[member.role, role])?;
        let before = member.role;
        let answer = Json(OrganizationMember::from(Member { role, ..member }));
        if before == role {
            return Ok(answer.into_response());
        }
        let mut transaction = context
            .begin()
            .execute(store::change_role(id, user_id, before, role))
            .on_missing(Problem::changed_meanwhile);
        if before == OrganizationRole::Owner {
            transaction = transaction.execute(store::one_owner_less(id, 1)).on_missing(last_owner);
        }
        if role == OrganizationRole::Owner {
            transaction = transaction.execute(store::one_owner_more(id));
        }
        transaction.publish(&events::member_changed(id, user_id, role)).respond(answer).commit()
    })
}

/// Ends that somebody is in an organization: they have left its teams and cohorts, too. Everybody may leave, but the last owner;
/// owners and admins may send others away, and only owners may send owners away.
#[utoipa::path(delete, path = "/api/v1/organizations/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    responses(
        (status = 204, description = "They are in it no more"),
        (status = 403, description = "The caller is a member, and may not send them away"),
        (status = 404, description = "The caller is in no such organization, or nobody there has this id"),
        (status = 409, description = "`LAST_OWNER`: nobody else owns it"),
    ))]
async fn remove_organization_member(
    context: Context,
    standing: Standing,
    Path(who): Path<WhoInPath>,
) -> Result<Response, Problem> {
    let (id, user_id) = (standing.id(), who.user_id.of(&standing.caller));
    again(|| {
        let leaving = Leaving::of(id, user_id)?.ok_or_else(missing)?;
        if user_id != standing.caller.user_id {
            standing.must_decide(&[leaving.role])?;
        }
        let mut transaction = leaving.add_to(context.begin());
        if leaving.role == OrganizationRole::Owner {
            transaction = transaction.execute(store::one_owner_less(id, 1)).on_missing(last_owner);
        }
        transaction.respond(no_content()).commit()
    })
}
