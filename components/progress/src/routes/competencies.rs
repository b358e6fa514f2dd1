//! Competencies: what administrators define, and what people have acquired.

use lyceum_event_types::progress::{CompetencyDefined, CompetencyRemoved};
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::seeing::missing;
use crate::domain::competency::{Competency, CompetencyFields, UserCompetency, acquired};
use crate::store::awards::{self, Competencies};

/// Administrators alone.
const CREATE: Permission = Permission::new("competency:create");
const UPDATE: Permission = Permission::new("competency:update");
const DELETE: Permission = Permission::new("competency:delete");

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(CREATE), route!(create))
        .add(Access::Permission(UPDATE), route!(change))
        .add(Access::Permission(DELETE), route!(delete))
        .add(Access::SignedIn, route!(of_person))
}

impl Resource for Competency {
    type View = Self;
    const PATH: &'static str = "/api/v1/progress/competencies";
    const MISSING: &'static str = "There is no such competency.";
}

/// What others are told of it.
fn defined(competency: &Competency) -> CompetencyDefined {
    CompetencyDefined {
        competency_id: competency.id,
        competency_name: competency.name.clone(),
        defined_at: competency.updated_at,
    }
}

fn name_taken() -> Problem {
    Problem::conflict("COMPETENCY_NAME_TAKEN", "Another competency has this name.")
}

/// Lists the competencies by name.
#[utoipa::path(get, path = "/api/v1/progress/competencies", params(ListQuery<Competencies>),
    responses((status = 200, body = Listed<Competency>)))]
async fn list(query: ListQuery<Competencies>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows a competency.
#[utoipa::path(get, path = "/api/v1/progress/competencies/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Competency),
    (status = 404, description = "There is no such competency"),
))]
async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Competency::get(id).map(Competency::shown)
}

/// Adds a competency. What people have done before counts with the next thing that they complete.
#[utoipa::path(post, path = "/api/v1/progress/competencies", request_body = CompetencyFields, responses(
    (status = 201, body = Competency),
    (status = 409, description = "Another competency has this name"),
))]
async fn create(
    context: Context,
    ValidJson(fields): ValidJson<CompetencyFields>,
) -> Result<Response, Problem> {
    let competency = Competency::new(fields)?;
    context
        .begin()
        .execute(competency.insert())
        .on_unique("competencies.name_folded", name_taken)
        .execute_all(awards::set_sources(&competency))
        .publish(&defined(&competency))
        .respond(competency.created())
        .commit()
}

/// Changes a competency. What people have acquired stays.
#[utoipa::path(put, path = "/api/v1/progress/competencies/{id}", request_body = CompetencyFields,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Competency),
        (status = 404, description = "There is no such competency"),
        (status = 409, description = "Another competency has this name"),
    ))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<CompetencyFields>,
) -> Result<Response, Problem> {
    let competency = Competency::get_for(id, &if_match)?.with(fields)?;
    context
        .begin()
        .execute(competency.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("competencies.name_folded", name_taken)
        .execute_all(awards::set_sources(&competency))
        .publish(&defined(&competency))
        .respond(competency.shown())
        .commit()
}

/// Deletes a competency that nobody has acquired.
#[utoipa::path(delete, path = "/api/v1/progress/competencies/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such competency"),
    (status = 409, description = "`COMPETENCY_ACQUIRED`: somebody has it"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let competency = Competency::get_for(id, &conditions)?;
    let acquired = || Problem::conflict("COMPETENCY_ACQUIRED", "Somebody has acquired it.");
    let [own, sources] = awards::delete_competency(&competency);
    context
        .begin()
        .execute(awards::is_unused(id))
        .on_missing(acquired)
        .execute(own)
        .on_missing(Problem::precondition_failed)
        .execute(sources)
        .publish(&CompetencyRemoved { competency_id: id, removed_at: clock::now() })
        .respond(no_content())
        .commit()
}

/// What somebody has acquired.
#[derive(Debug, Serialize, ToSchema)]
struct Acquired {
    items: Vec<UserCompetency>,
}

/// Lists what somebody has become able to do, and what shows it.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/competencies",
    params(("user_id" = String, Path, description = "`me` or a user id")),
    responses(
        (status = 200, body = Acquired),
        (status = 404, description = "It is somebody else's"),
    ))]
async fn of_person(caller: Caller, Path(user): Path<Subject>) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let items = acquired(user_id, query_all(awards::evidence(user_id))?);
    Ok(Json(Acquired { items }).into_response())
}
