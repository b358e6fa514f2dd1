//! What those who give a course see of their class.

use std::time::Duration;

use lyceum_kit::job::{self, JobView};
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Format;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::UPDATE;
use super::seeing::given;
use crate::domain::course::{CourseProgress, CourseProgressView};
use crate::reports::CLASS;
use crate::store::reports::{self, Class, Overview};

const DAY: u64 = 24 * 60 * 60;

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::Permission(UPDATE), route!(overview))
        .add(Access::Permission(UPDATE), route!(learners))
        .add(Access::Permission(UPDATE), route!(at_risk))
        .add(Access::Permission(UPDATE), route!(export))
        .add(Access::Permission(UPDATE), route!(result))
        .with(job::routes("progress"))
}

/// A learner of a class.
#[derive(Debug, Serialize, ToSchema)]
struct ClassMember {
    /// What they were called when they last did something.
    name: Option<String>,
    #[serde(flatten)]
    progress: CourseProgressView,
}

impl From<CourseProgress> for ClassMember {
    fn from(row: CourseProgress) -> Self {
        let progress = CourseProgressView::new(&row, None, row.ended);
        Self { name: row.learner_name, progress }
    }
}

/// Shows a class in numbers.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/overview", params(("course_id" = Uuid, Path)),
    responses(
        (status = 200, body = Overview),
        (status = 404, description = "The caller gives no such course"),
    ))]
async fn overview(caller: Caller, Path(course_id): Path<Uuid>) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let week_ago = clock::now().minus(Duration::from_secs(7 * DAY));
    Ok(Json(reports::overview(course_id, week_ago)?).into_response())
}

/// Lists the learners of a course, by their last activity or by how far they are.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/learners",
    params(("course_id" = Uuid, Path), ListQuery<Class>),
    responses(
        (status = 200, body = Listed<ClassMember>),
        (status = 404, description = "The caller gives no such course"),
    ))]
async fn learners(
    caller: Caller,
    Path(course_id): Path<Uuid>,
    query: ListQuery<Class>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    query.answer_within(&Scope::all().equal("course_id", course_id), ClassMember::from)
}

/// Who is at risk.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtRisk {
    /// For how many days they have done nothing, 1 to 365; 7 if not given.
    #[param(minimum = 1, maximum = 365)]
    inactive_days: Option<u64>,
}

#[derive(Deserialize, Serialize)]
struct After {
    at: Timestamp,
    id: Uuid,
}

/// Lists those who haven't completed the course and have done nothing for some days, the longest first.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/learners/at-risk",
    params(("course_id" = Uuid, Path), AtRisk,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<ClassMember>),
        (status = 404, description = "The caller gives no such course"),
    ))]
async fn at_risk(
    caller: Caller,
    Path(course_id): Path<Uuid>,
    Query(AtRisk { inactive_days }): Query<AtRisk>,
    page: Page,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let days = inactive_days.unwrap_or(7);
    if !(1..=365).contains(&days) {
        let wrong = Violation::new("OUT_OF_RANGE", "Must be from 1 to 365.");
        return Err(Problem::malformed(wrong.at("/query/inactive_days")));
    }
    let since = clock::now().minus(Duration::from_secs(days * DAY));
    let after = page.after::<After>()?.map(|After { at, id }| (at, id));
    let found = reports::at_risk(course_id, since, after, page.rows_to_fetch())?;
    Ok(page.answer(found, |row| After { at: row.active_at, id: row.enrollment_id }, ClassMember::from))
}

/// How a class is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClassExport {
    format: Format,
}

/// Begins to write a class to a file.
#[utoipa::path(post, path = "/api/v1/progress/courses/{course_id}/exports", operation_id = "export_class",
    request_body = ClassExport, params(("course_id" = Uuid, Path)),
    responses(
        (status = 202, body = JobView, description = "It has begun; `Location` shows how far it is"),
        (status = 404, description = "The caller gives no such course"),
    ))]
async fn export(
    context: Context,
    caller: Caller,
    Path(course_id): Path<Uuid>,
    ValidJson(ClassExport { format }): ValidJson<ClassExport>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    CLASS.start(format, &format!("course_id={course_id}"))?.commit(context.begin())
}

/// The file, once the export is completed. It is kept for seven days.
#[utoipa::path(get, path = "/api/v1/jobs/progress-{id}/result", operation_id = "exported_class",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses((status = 200, content_type = "text/csv", description = "In the format that was asked for")))]
async fn result(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    job::result(&caller, id, &CLASS)
}
