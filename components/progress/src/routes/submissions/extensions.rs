//! Other dates for one person.

use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Deserialize;
use utoipa::ToSchema;

use super::no_assignment;
use crate::domain::submissions::Extension;
use crate::routes::seeing::gives;
use crate::store::{definitions as known, seen, submissions};

/// Other dates.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Extending {
    /// When it is due for them.
    due_at: Option<Timestamp>,
    /// Until when anything is taken from them; with a later date than the assignment's alone, until then.
    closes_at: Option<Timestamp>,
}

fn none() -> Problem {
    Problem::not_found("There is no extension.")
}

fn tag(extension: &Extension) -> EntityTag {
    EntityTag::of_version(extension.version)
}

fn shown(extension: &Extension) -> Response {
    tagged(&tag(extension), Json(extension.clone()))
}

/// The course, if the caller gives it and the person learns or learned there; or else 404.
fn course(caller: &Caller, user_id: UserId, assignment_id: Uuid) -> Result<Uuid, Problem> {
    let (_, place) = known::place(user_id, assignment_id, "assignment")?.ok_or_else(no_assignment)?;
    let given = gives(caller, seen::course_by_id(place.course_id)?.as_ref());
    if given { Ok(place.course_id) } else { Err(no_assignment()) }
}

/// Shows the other dates that a person has for an assignment: to themselves, and to those who give the course.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/extension",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("assignment_id" = Uuid, Path)),
    operation_id = "show_extension", responses(
        (status = 200, body = Extension),
        (status = 404, description = "There is none that the caller sees"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((subject, assignment_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    if !caller.owns(user_id) {
        course(&caller, user_id, assignment_id)?;
    }
    submissions::extension(user_id, assignment_id)?.as_ref().map(shown).ok_or_else(none)
}

/// Gives a person other dates for an assignment, in place of those that they had.
#[utoipa::path(put, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/extension",
    params(("user_id" = Uuid, Path), ("assignment_id" = Uuid, Path)), operation_id = "extend_assignment",
    request_body = Extending, responses(
        (status = 200, body = Extension),
        (status = 404, description = "The caller gives no course in which this person has such an assignment"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn put(
    context: Context,
    caller: Caller,
    Path((subject, assignment_id)): Path<(Subject, Uuid)>,
    conditions: Conditions,
    ValidJson(Extending { due_at, closes_at }): ValidJson<Extending>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    let course_id = course(&caller, user_id, assignment_id)?;
    let mut valid = Validation::new();
    let some = due_at.is_some() || closes_at.is_some();
    valid.check("/due_at", some, "REQUIRED", "Give one of the dates.");
    let ordered = due_at.zip(closes_at).is_none_or(|(due, closes)| due <= closes);
    valid.check("/closes_at", ordered, "OUT_OF_RANGE", "Must not be before it is due.");
    valid.finish()?;
    lyceum_kit::again::again(|| {
        let found = submissions::extension(user_id, assignment_id)?;
        conditions.check(&found.as_ref().map_or(EntityTag::of_version(0), tag))?;
        let (id, version) = found.as_ref().map_or_else(|| (ids::new(), 0), |found| (found.id, found.version));
        let (granted_by, version, updated_at) = (Some(caller.user_id), version + 1, clock::now());
        let next = Extension {
            id,
            user_id,
            assignment_id,
            course_id,
            due_at,
            closes_at,
            granted_by,
            version,
            updated_at,
        };
        let own = if found.is_some() { next.update() } else { next.insert() };
        context
            .begin()
            .execute(own)
            .on_missing(Problem::changed_meanwhile)
            .on_unique("assignment_extensions.user_id,assignment_id", Problem::changed_meanwhile)
            .execute(erasure::unless_erased(user_id))
            .respond(shown(&next))
            .commit()
    })
}

/// Takes the other dates back.
#[utoipa::path(delete, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/extension",
    params(("user_id" = Uuid, Path), ("assignment_id" = Uuid, Path)), operation_id = "remove_extension", responses(
        (status = 204, description = "There is none any more"),
        (status = 404, description = "There is none that the caller may take back"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn remove(
    context: Context,
    caller: Caller,
    Path((subject, assignment_id)): Path<(Subject, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    course(&caller, user_id, assignment_id)?;
    let found = submissions::extension(user_id, assignment_id)?.ok_or_else(none)?;
    conditions.check(&tag(&found))?;
    context
        .begin()
        .execute(submissions::remove_extension(&found))
        .on_missing(Problem::precondition_failed)
        .respond(no_content())
        .commit()
}
