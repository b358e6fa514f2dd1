//! How far somebody is in all of their courses.

use lyceum_kit::prelude::*;

use super::seeing::missing;
use crate::domain::course::CourseProgressView;
use crate::domain::overall::UserProgress;
use crate::store::{awards, listing};

/// Of how many enrolments of a person it is counted: the latest ones.
const ENROLLMENTS: i64 = 10_000;

/// Shows how far somebody is in all of their courses.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}", operation_id = "show_overall_progress",
    params(("user_id" = String, Path, description = "`me` or a user id")),
    responses(
        (status = 200, body = UserProgress),
        (status = 404, description = "It is somebody else's"),
    ))]
pub(super) async fn show(caller: Caller, Path(user): Path<Subject>) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let enrollments = listing::of_person(user_id, None, ENROLLMENTS)?;
    let enrollments: Vec<CourseProgressView> = enrollments.into_iter().map(Into::into).collect();
    let points = awards::points(user_id)?;
    Ok(Json(UserProgress::of(user_id, &enrollments, points)).into_response())
}
