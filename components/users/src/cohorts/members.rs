//! Who is in a cohort.

use lyceum_event_types::users::cohorts::{CohortMemberAdded, CohortMemberRemoved};
use lyceum_kit::{list::ListQuery, prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    standing::InCohort,
    store::{self, Member, Members},
};
use crate::{
    domain::ProfileFields,
    organizations::members::{WhoInPath, missing, not_a_member},
};

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_cohort_members))
        .add(Access::SignedIn, route!(add_cohort_member))
        .add(Access::SignedIn, route!(remove_cohort_member))
}

/// Somebody in a cohort.
#[derive(Debug, Serialize, ToSchema)]
struct CohortMember {
    cohort_id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    display_name: String,
    avatar_url: Option<String>,
    joined_at: Timestamp,
}

impl From<Member> for CohortMember {
    fn from(member: Member) -> Self {
        let Member { cohort_id, user_id, joined_at, fields } = member;
        let ProfileFields { display_name, avatar_url, .. } = fields.0;
        Self { cohort_id, user_id, display_name, avatar_url, joined_at }
    }
}

/// Whom to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCohortMember {
    /// Somebody who is in the cohort's organization.
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
}

/// Lists who is in a cohort, by name. The organization's owners, admins and instructors see it.
#[utoipa::path(get, path = "/api/v1/cohorts/{id}/members", params(("id" = Uuid, Path), ListQuery<Members>),
    responses(
        (status = 200, body = Listed<CohortMember>),
        (status = 403, description = "The caller is in the cohort, and does not keep it"),
        (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
    ))]
async fn list_cohort_members(there: InCohort, query: ListQuery<Members>) -> Result<Response, Problem> {
    there.organization.must_teach()?;
    query.answer_within(&store::in_cohort(there.cohort.id), CohortMember::from)
}

/// Adds somebody to a cohort, who is in its organization. The organization's owners, admins and instructors do.
#[utoipa::path(post, path = "/api/v1/cohorts/{id}/members", params(("id" = Uuid, Path)), request_body = NewCohortMember,
    responses(
        (status = 201, body = CohortMember),
        (status = 403, description = "The caller is in the cohort, and does not keep it"),
        (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
        (status = 409, description = "`ALREADY_MEMBER`: they are in it; `TOO_MANY_COHORTS`: they are in 100 of the \
            organization already"),
        (status = 422, description = "`NOT_A_MEMBER`: nobody with this id is in the organization"),
    ))]
async fn add_cohort_member(
    context: Context,
    there: InCohort,
    ValidJson(new): ValidJson<NewCohortMember>,
) -> Result<Response, Problem> {
    there.organization.must_teach()?;
    let NewCohortMember { user_id } = new;
    let (cohort_id, organization_id, joined_at) =
        (there.cohort.id, there.cohort.organization_id, clock::now());
    let person = crate::store::find(user_id)?.ok_or_else(not_a_member)?;
    let added = Member { cohort_id, user_id, joined_at, fields: person.fields };
    let location = format!("/api/v1/cohorts/{cohort_id}/members");
    context
        .begin()
        .execute(store::add_member(cohort_id, user_id, joined_at))
        .on_missing(not_a_member)
        .on_unique("cohort_members.cohort_id,user_id", || {
            Problem::conflict("ALREADY_MEMBER", "They are in the cohort already.")
        })
        .execute(store::within_most(organization_id, user_id))
        .on_missing(|| {
            Problem::conflict("TOO_MANY_COHORTS", "They are in 100 cohorts of the organization already.")
        })
        .publish(&CohortMemberAdded { cohort_id, organization_id, user_id, joined_at })
        .respond(created(&location, Json(CohortMember::from(added))))
        .commit()
}

/// Ends that somebody is in a cohort. Everybody may leave; the organization's owners, admins and instructors may send others
/// away.
#[utoipa::path(delete, path = "/api/v1/cohorts/{id}/members/{user_id}",
    params(("id" = Uuid, Path), ("user_id" = String, Path, description = "A user id, or `me`")),
    responses(
        (status = 204, description = "They are in it no more"),
        (status = 403, description = "The caller is in the cohort, and does not keep it"),
        (status = 404, description = "There is no cohort with this id that the caller keeps or is in, or nobody in it has \
            this id"),
    ))]
async fn remove_cohort_member(
    context: Context,
    there: InCohort,
    Path(who): Path<WhoInPath>,
) -> Result<Response, Problem> {
    let (cohort_id, organization_id) = (there.cohort.id, there.cohort.organization_id);
    let caller = &there.organization.caller;
    let user_id = who.user_id.of(caller);
    if user_id != caller.user_id {
        there.organization.must_teach()?;
    }
    context
        .begin()
        .execute(store::remove_member(cohort_id, user_id))
        .on_missing(missing)
        .publish(&CohortMemberRemoved { cohort_id, organization_id, user_id, removed_at: clock::now() })
        .respond(no_content())
        .commit()
}
