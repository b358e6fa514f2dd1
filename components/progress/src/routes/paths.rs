//! How far somebody is on a learning path.

use lyceum_kit::prelude::*;

use super::seeing::missing;
use crate::domain::path::LearningPathProgress;
use crate::store::paths;

/// Shows how far somebody is on a learning path: in all courses that it asks for.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/learning-paths/{learning_path_id}",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("learning_path_id" = Uuid, Path)),
    responses(
        (status = 200, body = LearningPathProgress),
        (status = 404, description = "It is somebody else's, or nobody finds such a path"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((user, learning_path_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let found = paths::find(learning_path_id, user_id)?;
    let found = found.filter(|(path, _)| path.is_open || caller.has(Role::Admin));
    let (path, reached) = found.ok_or_else(|| Problem::not_found("There is no such learning path."))?;
    Ok(Json(LearningPathProgress::of(user_id, path, &reached)).into_response())
}
