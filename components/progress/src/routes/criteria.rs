//! What completes a course.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::seeing::{given, gives};
use crate::domain::criteria::CriteriaFields;
use crate::store::criteria::CourseCriteria;
use crate::store::{due, seen};

/// What completes a course, as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CriteriaView {
    course_id: Uuid,
    #[serde(flatten)]
    fields: CriteriaFields,
    /// When it was set; null as long as nothing was, and all lessons complete the course.
    updated_at: Option<Timestamp>,
}

fn find(course_id: Uuid) -> Result<Option<CourseCriteria>, SqlError> {
    query_optional(CourseCriteria::select("WHERE course_id = $1", params![course_id]))
}

fn tag(found: Option<&CourseCriteria>) -> EntityTag {
    EntityTag::of_version(found.map_or(0, |found| found.version))
}

fn shown(course_id: Uuid, found: Option<CourseCriteria>) -> Response {
    let (tag, updated_at) = (tag(found.as_ref()), found.as_ref().map(|found| found.updated_at));
    let fields = found.map_or_else(CriteriaFields::default, CourseCriteria::fields);
    tagged(&tag, Json(CriteriaView { course_id, fields, updated_at }))
}

/// Shows what completes a course.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/criteria", params(("course_id" = Uuid, Path)),
    responses(
        (status = 200, body = CriteriaView),
        (status = 404, description = "The caller neither learns nor gives such a course"),
    ))]
pub(super) async fn show(caller: Caller, Path(course_id): Path<Uuid>) -> Result<Response, Problem> {
    let (enrollments, course) = seen::of_person(caller.user_id, course_id)?;
    if enrollments.is_empty() && (course.is_none() || !gives(&caller, course.as_ref())) {
        return Err(Problem::not_found("There is no such course."));
    }
    Ok(shown(course_id, find(course_id)?))
}

/// Sets what completes a course.
///
/// Everybody who learns there is judged anew within some minutes. Who has completed the course stays so.
#[utoipa::path(put, path = "/api/v1/progress/courses/{course_id}/criteria", request_body = CriteriaFields,
    params(("course_id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = CriteriaView),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(course_id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<CriteriaFields>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let found = find(course_id)?;
    if_match.check(&tag(found.as_ref()))?;
    let CriteriaFields { combination, criteria } = fields.checked(course_id)?;
    let now = clock::now();
    let next = CourseCriteria {
        course_id,
        combination,
        criteria: AsJson(criteria),
        version: found.as_ref().map_or(0, |found| found.version) + 1,
        created_at: found.as_ref().map_or(now, |found| found.created_at),
        updated_at: now,
    };
    let own = if found.is_some() { next.update() } else { next.insert() };
    context
        .begin()
        .execute(own)
        .on_missing(Problem::precondition_failed)
        .on_unique("course_criteria.course_id", Problem::precondition_failed)
        .execute_all(due::set_dates(course_id, &next.criteria.0))
        .execute(due::of_course(course_id, now))
        .respond(shown(course_id, Some(next)))
        .commit()
}
