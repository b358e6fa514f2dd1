//! The enrolments of a course.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use super::enrollments::{by_self, end};
use super::seeing::{self, Seen};
use super::view::{EnrollmentView, begun};
use crate::domain::{Enrollment, Origin, Terms};
use crate::enrolling::Asking;
use crate::store::enrollments::{OfCourse, live, of_course};
use crate::store::seen;

/// Who is to be enrolled, and how.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Enroll {
    /// The caller if nobody is named. Only instructors enrol others.
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
    /// An invitation's code, for the caller.
    code: Option<String>,
    /// Whether prerequisites are left aside. For instructors.
    waive_prerequisites: bool,
    /// Whether nothing is to be paid. For instructors.
    waive_payment: bool,
    /// From when on the lessons may be read; as the course's settings say if not said. For instructors.
    starts_at: Option<Timestamp>,
    /// Until when. For instructors.
    expires_at: Option<Timestamp>,
}

impl Enroll {
    const fn has_terms(&self) -> bool {
        self.waive_prerequisites
            || self.waive_payment
            || self.starts_at.is_some()
            || self.expires_at.is_some()
    }
}

/// What is agreed has to be possible.
pub(super) fn checked_dates(
    starts_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
) -> Result<(), Problem> {
    let mut valid = Validation::new();
    let ordered = starts_at.zip(expires_at).is_none_or(|(from, until)| from < until);
    let later = expires_at.is_none_or(|expires_at| clock::now() < expires_at);
    valid.check("/expires_at", ordered, "TOO_EARLY", "Must be after starts_at.");
    valid.check("/expires_at", later, "TOO_EARLY", "Must be in the future.");
    valid.finish()
}

fn asking(caller: &Caller, course_id: Uuid, asked: &Enroll) -> Result<Asking, Problem> {
    let user_id = asked.user_id.unwrap_or(caller.user_id);
    if user_id == caller.user_id && !asked.has_terms() {
        return by_self(caller, Some(course_id), asked.code.as_deref());
    }
    let course = seeing::kept(caller, course_id)?;
    if asked.code.is_some() {
        let alone = Violation::new("NOT_ALLOWED", "Only who enrols by themselves has a code.");
        return Err(Problem::invalid(vec![alone.at("/code")]));
    }
    if user_id != caller.user_id && !seen::is_known(user_id)? {
        let unknown = Violation::new("UNKNOWN_USER", "Nobody has an account with this id.");
        return Err(Problem::invalid(vec![unknown.at("/user_id")]));
    }
    checked_dates(asked.starts_at, asked.expires_at)?;
    let terms = Terms {
        waive_prerequisites: asked.waive_prerequisites,
        waive_payment: asked.waive_payment,
        starts_at: asked.starts_at,
        expires_at: asked.expires_at,
    };
    Ok(Asking { course, user_id, origin: Origin::Instructor, invitation: None, terms })
}

/// Enrols the caller in the course, or, for its instructors, somebody else. See `POST /api/v1/enrollments`.
///
/// Instructors enrol whoever has an account, whether or not people enrol by themselves at present. Capacity and prerequisites hold all
/// the same, unless the latter are waived, and what the course costs is to be paid, unless that is.
#[utoipa::path(post, path = "/api/v1/courses/{id}/enrollments", operation_id = "enroll_in_course", request_body = Enroll,
    params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = EnrollmentView),
        (status = 403, description = "Only instructors enrol others"),
        (status = 404, description = "There is no such course that the caller finds"),
        (status = 409, description = "As `POST /api/v1/enrollments`"),
        (status = 422, description = "Nobody is known by this id, or the dates are impossible"),
    ))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(asked): ValidJson<Enroll>,
) -> Result<Response, Problem> {
    asking(&caller, id, &asked)?.begin(&context, begun)
}

/// Lists the enrolments of a course, the newest first: to its instructors.
#[utoipa::path(get, path = "/api/v1/courses/{id}/enrollments", operation_id = "list_enrollments_of_course",
    params(("id" = Uuid, Path), ListQuery<OfCourse>),
    responses(
        (status = 200, body = Listed<EnrollmentView>),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<Uuid>,
    query: ListQuery<OfCourse>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    query.answer_within(&of_course(id), EnrollmentView::from)
}

/// Ends the enrolment that a person has in the course. See `DELETE /api/v1/enrollments/{id}`.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/enrollments/{user_id}", operation_id = "unenroll",
    params(("id" = Uuid, Path), ("user_id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is over"),
        (status = 404, description = "The person has none that the caller may end"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, user_id)): Path<(Uuid, UserId)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let find = || {
        let missing = || Problem::not_found(Enrollment::MISSING);
        let enrollment: Option<Enrollment> = query_optional(live(id, user_id))?;
        let found: Seen = seeing::enrollment(&caller, enrollment.ok_or_else(missing)?.id)?;
        conditions.check(&found.enrollment.tag())?;
        if found.enrollment.ended_at.is_some() { Err(Problem::changed_meanwhile()) } else { Ok(found) }
    };
    end(&context, find)
}
