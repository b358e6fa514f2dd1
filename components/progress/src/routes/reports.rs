//! What those who give a course see of their class.

use std::time::Duration;

use lyceum_kit::job::{self, JobView};
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Format;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::UPDATE;
use super::seeing::given;
use crate::domain::course::{CourseProgress, CourseProgressView};
use crate::reports::CLASS;
use crate::store::reports::{self, Class, LearnerAtRisk, Overview};

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

text_enum! {
    /// Why somebody may not complete a course.
    enum Risk {
        /// They have done nothing for some days.
        Inactive = "inactive",
        /// They are ten points less far than the part that has passed of the time from the beginning of their enrolment to its end.
        Behind = "behind",
    }
}

/// A learner who may not complete the course.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LearnerAtRisk)]
struct AtRiskMember {
    #[serde(flatten)]
    member: ClassMember,
    /// Why: one or both.
    risks: Vec<Risk>,
}

impl From<LearnerAtRisk> for AtRiskMember {
    fn from(LearnerAtRisk { progress, inactive, behind }: LearnerAtRisk) -> Self {
        let risks = inactive.then_some(Risk::Inactive).into_iter().chain(behind.then_some(Risk::Behind));
        Self { member: progress.into(), risks: risks.collect() }
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

/// Lists those who may not complete the course: who have done nothing for some days, or are behind.
///
/// Those who have done nothing for the longest time come first. `behind` is known of enrolments with an end.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/learners/at-risk",
    params(("course_id" = Uuid, Path), AtRisk,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<AtRiskMember>),
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
    let after = |LearnerAtRisk { progress, .. }: &LearnerAtRisk| After {
        at: progress.active_at,
        id: progress.enrollment_id,
    };
    Ok(page.answer(found, after, AtRiskMember::from))
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
