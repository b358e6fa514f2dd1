//! Attempts of all learners, for those who give the course.

use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;

use crate::domain::attempts::AttemptView;
use crate::routes::seeing::given;
use crate::store::attempts::OfCourse;

/// Lists the attempts at the quizzes of a course, the newest first: with `awaiting=true` those that wait to be read.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/attempts",
    params(("course_id" = Uuid, Path), ListQuery<OfCourse>), operation_id = "list_attempts_of_course", responses(
        (status = 200, body = Listed<AttemptView>),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(course_id): Path<Uuid>,
    query: ListQuery<OfCourse>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    query.answer_within(&Scope::all().equal("course_id", course_id), |attempt| AttemptView::brief(&attempt))
}
