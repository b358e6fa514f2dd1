//! Submissions of all learners, for those who give the course.

use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;

use crate::domain::submissions::Submission;
use crate::routes::seeing::given;
use crate::store::submissions::OfCourse;

/// Lists the submissions in a course, the newest first: with `status=submitted` those that wait for a grade.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/submissions",
    params(("course_id" = Uuid, Path), ListQuery<OfCourse>), operation_id = "list_submissions_of_course", responses(
        (status = 200, body = Listed<Submission>),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(course_id): Path<Uuid>,
    query: ListQuery<OfCourse>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    query.answer_within(&Scope::all().equal("course_id", course_id), std::convert::identity)
}
