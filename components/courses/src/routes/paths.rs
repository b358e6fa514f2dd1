//! Learning paths, which instructors keep.

use lyceum_event_types::courses::LearningPathDeleted;
use lyceum_kit::erasure;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::{Deserialize, Serialize};

use super::{CREATE, UPDATE};
use crate::domain::path::{LearningPath, PathFields};
use crate::events;
use crate::store::courses;
use crate::store::paths::{self, LearningPaths, open};

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::Anyone, route!(list))
        .add(Access::Permission(UPDATE), route!(own))
        .add(Access::Anyone, route!(show))
        .add(Access::Permission(CREATE), route!(create))
        .add(Access::Permission(UPDATE), route!(change))
        .add(Access::Permission(UPDATE), route!(delete))
}

impl Resource for LearningPath {
    type View = Self;
    const PATH: &'static str = "/api/v1/learning-paths";
    const MISSING: &'static str = "There is no such learning path.";
}

fn keeps(caller: &Caller, path: &LearningPath) -> bool {
    caller.may(UPDATE) && (caller.has(Role::Admin) || path.owner_id == Some(caller.user_id))
}

/// The path, if the caller may change it; or else 404 or 403.
fn edit(caller: &Caller, id: Uuid) -> Result<LearningPath, Problem> {
    let path = LearningPath::get(id)?;
    match keeps(caller, &path) {
        true => Ok(path),
        false if path.is_open => Err(Problem::forbidden("Only who keeps it and administrators change it.")),
        false => Err(Problem::not_found(LearningPath::MISSING)),
    }
}

fn check_courses(path: &LearningPath) -> Result<(), Problem> {
    let ids: Vec<Uuid> = path.courses.0.iter().map(|course| course.course_id).collect();
    let known = courses::existing(&ids)?;
    let mut valid = Validation::new();
    for (at, id) in ids.iter().enumerate() {
        let pointer = format!("/courses/{at}/course_id");
        valid.check(&pointer, known.contains(id), "UNKNOWN_COURSE", "There is no such course.");
    }
    valid.finish()
}

/// Lists the learning paths that everybody finds, by title.
#[utoipa::path(get, path = "/api/v1/learning-paths", params(ListQuery<LearningPaths>),
    responses((status = 200, body = Listed<LearningPath>)))]
async fn list(query: ListQuery<LearningPaths>) -> Result<Response, Problem> {
    query.answer_within(&open(), std::convert::identity)
}

#[derive(Deserialize, Serialize)]
struct After {
    title: String,
    id: Uuid,
}

/// Lists the learning paths that the caller keeps, by title, whatever their status.
#[utoipa::path(get, path = "/api/v1/learning-paths/own",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<LearningPath>)))]
async fn own(caller: Caller, page: Page) -> Result<Response, Problem> {
    let after = page.after::<After>()?.map(|after| (after.title, after.id));
    let found = paths::of_owner(caller.user_id, after, page.rows_to_fetch())?;
    let place = |path: &LearningPath| After { title: path.title_folded.clone(), id: path.id };
    Ok(page.answer(found, place, std::convert::identity))
}

/// Shows a learning path.
#[utoipa::path(get, path = "/api/v1/learning-paths/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = LearningPath),
    (status = 404, description = "The caller sees no such path"),
))]
async fn show(MaybeCaller(caller): MaybeCaller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let path = LearningPath::get(id)?;
    let seen = path.is_open || caller.is_some_and(|caller| keeps(&caller, &path));
    if seen { Ok(path.shown()) } else { Err(Problem::not_found(LearningPath::MISSING)) }
}

/// Makes a learning path.
#[utoipa::path(post, path = "/api/v1/learning-paths", request_body = PathFields,
    responses((status = 201, body = LearningPath)))]
async fn create(
    context: Context,
    caller: Caller,
    ValidJson(fields): ValidJson<PathFields>,
) -> Result<Response, Problem> {
    let path = LearningPath::new(fields, caller.user_id)?;
    check_courses(&path)?;
    context
        .begin()
        .execute(erasure::unless_erased(caller.user_id))
        .on_missing(|| Problem::forbidden("Your account is closed."))
        .execute(path.insert())
        .execute_all(paths::found(&path))
        .publish(&events::path_changed(&path))
        .respond(path.created())
        .commit()
}

/// Changes a learning path.
#[utoipa::path(put, path = "/api/v1/learning-paths/{id}", request_body = PathFields,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = LearningPath),
        (status = 403, description = "Somebody else keeps it"),
        (status = 404, description = "The caller sees no such path"),
    ))]
async fn change(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<PathFields>,
) -> Result<Response, Problem> {
    let path = edit(&caller, id)?;
    if_match.check(&path.tag())?;
    let next = path.with(fields)?;
    check_courses(&next)?;
    context
        .begin()
        .execute(next.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(paths::found(&next))
        .publish(&events::path_changed(&next))
        .respond(next.shown())
        .commit()
}

/// Deletes a learning path. Its courses stay.
#[utoipa::path(delete, path = "/api/v1/learning-paths/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Somebody else keeps it"),
    (status = 404, description = "The caller sees no such path"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let path = edit(&caller, id)?;
    conditions.check(&path.tag())?;
    context
        .begin()
        .execute_all(paths::delete(&path))
        .on_missing(Problem::precondition_failed)
        .publish(&LearningPathDeleted { learning_path_id: id, deleted_at: clock::now() })
        .respond(no_content())
        .commit()
}
