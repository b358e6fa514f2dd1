//! A learner's own grades.

use lyceum_kit::prelude::*;

use super::learners::GradesView;
use crate::routes::seeing::{Asking, learner};
use crate::store::gradebook::totals;

/// Shows somebody's grades in a course, and what they come to. What is hidden from learners they neither see nor is it counted.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/courses/{course_id}/grades",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("course_id" = Uuid, Path)),
    operation_id = "show_grades", responses(
        (status = 200, body = GradesView),
        (status = 404, description = "The caller sees no such learner there"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((subject, course_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    let (_, asking) = learner(&caller, subject, course_id)?;
    let user_id = subject.of(&caller);
    let own = asking == Asking::Owner && !caller.has(Role::Admin);
    let sheet = totals::sheet(course_id, user_id)?;
    Ok(Json(GradesView::of(course_id, user_id, &sheet, own)).into_response())
}
