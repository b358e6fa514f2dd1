//! The routes of `/api/v1/cohorts`.

use lyceum_event_types::users::cohorts::CohortDeleted;
use lyceum_kit::{
    list::ListQuery,
    prelude::*,
    sql::{Table as _, Versioned as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    domain::{Cohort, CohortFields},
    events,
    standing::InCohort,
    store::{self, Cohorts},
};
use crate::organizations::{
    standing::{Standing, own, unknown_organization},
    store::is_present,
};

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_cohorts))
        .add(Access::SignedIn, route!(create_cohort))
        .add(Access::SignedIn, route!(show_cohort))
        .add(Access::SignedIn, route!(replace_cohort))
        .add(Access::SignedIn, route!(delete_cohort))
}

impl Resource for Cohort {
    type View = Self;
    const PATH: &'static str = "/api/v1/cohorts";
    const MISSING: &'static str = "There is no such cohort.";
}

/// A cohort that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCohort {
    /// An organization in which the caller teaches, or which they keep. The cohort belongs to it for good.
    organization_id: Uuid,
    /// One line of 1 to 100 characters, which no other cohort of the organization has, in whatever case and with whatever
    /// accents.
    name: String,
    /// At most 4,096 characters.
    description: Option<String>,
}

fn name_taken() -> Problem {
    Problem::conflict("COHORT_NAME_TAKEN", "Another cohort of the organization has this name.")
}

/// Lists cohorts by name: those of an organization whose cohorts the caller keeps, or those that the caller is in; all for
/// administrators.
#[utoipa::path(get, path = "/api/v1/cohorts", params(ListQuery<Cohorts>), responses(
    (status = 200, body = Listed<Cohort>),
    (status = 403, description = "Others are asked for, and no organization whose cohorts the caller keeps"),
))]
async fn list_cohorts(caller: Caller, uri: Uri, query: ListQuery<Cohorts>) -> Result<Response, Problem> {
    let named = query.given::<Uuid>("organization_id");
    let keeps = |id: Uuid| Standing::of(caller.clone(), id).is_ok_and(|there| there.teaches());
    let query = if named.is_some_and(keeps) { query } else { own(&caller, &uri, query)? };
    query.answer(std::convert::identity)
}

/// Makes a cohort, in which nobody is yet. The organization's owners, admins and instructors do.
#[utoipa::path(post, path = "/api/v1/cohorts", request_body = NewCohort, responses(
    (status = 201, body = Cohort),
    (status = 403, description = "The caller is a member of the organization, and keeps no cohorts"),
    (status = 409, description = "`COHORT_NAME_TAKEN`: another cohort of the organization has the name"),
    (status = 422, description = "`UNKNOWN_ORGANIZATION`: the caller is in no such organization"),
))]
async fn create_cohort(
    context: Context,
    caller: Caller,
    ValidJson(new): ValidJson<NewCohort>,
) -> Result<Response, Problem> {
    let NewCohort { organization_id, name, description } = new;
    Standing::named(caller, organization_id)?.must_teach()?;
    let cohort = Cohort::new(organization_id, CohortFields { name, description })?;
    context
        .begin()
        .execute(is_present(organization_id))
        .on_missing(unknown_organization)
        .execute(cohort.insert())
        .on_unique("cohorts.organization_id,name_folded", name_taken)
        .execute_all(store::named(&cohort))
        .publish(&events::created(&cohort))
        .respond(cohort.created())
        .commit()
}

/// Shows a cohort, to those who keep cohorts in its organization, and to those who are in it.
#[utoipa::path(get, path = "/api/v1/cohorts/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Cohort),
    (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
))]
async fn show_cohort(there: InCohort) -> Result<Response, Problem> {
    Ok(there.cohort.shown())
}

/// Says anew what a cohort is: what isn't given is there no more. For the organization's owners, admins and
/// instructors.
#[utoipa::path(put, path = "/api/v1/cohorts/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = CohortFields,
    responses(
        (status = 200, body = Cohort),
        (status = 403, description = "The caller is in the cohort, and does not keep it"),
        (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
        (status = 409, description = "`COHORT_NAME_TAKEN`: another cohort of the organization has the name"),
    ))]
async fn replace_cohort(
    context: Context,
    there: InCohort,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<CohortFields>,
) -> Result<Response, Problem> {
    there.organization.must_teach()?;
    if_match.check(&there.cohort.tag())?;
    let changed = there.cohort.with(fields)?;
    if changed.fields() == there.cohort.fields() {
        return Ok(there.cohort.shown());
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("cohorts.organization_id,name_folded", name_taken)
        .execute_all(store::named(&changed))
        .publish(&events::updated(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a cohort: everybody has left it. The organization's owners, admins and instructors do.
#[utoipa::path(delete, path = "/api/v1/cohorts/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "The caller is a member of the organization, and keeps no cohorts"),
    (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete_cohort(
    context: Context,
    there: InCohort,
    conditions: Conditions,
) -> Result<Response, Problem> {
    there.organization.must_teach()?;
    conditions.check(&there.cohort.tag())?;
    let Cohort { id: cohort_id, organization_id, .. } = there.cohort;
    context
        .begin()
        .execute_all(store::delete(&there.cohort))
        .on_missing(Problem::precondition_failed)
        .publish(&CohortDeleted { cohort_id, organization_id, deleted_at: clock::now() })
        .respond(no_content())
        .commit()
}
