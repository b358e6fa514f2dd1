//! Who sees and keeps which course, and which enrolment.

use lyceum_event_types::courses::{Status, Visibility};
use lyceum_kit::prelude::*;

use super::UPDATE;
use crate::domain::{CourseSeen, Enrollment};
use crate::store::{enrollments, seen};

pub(super) fn missing() -> Problem {
    Problem::not_found("There is no such course.")
}

/// Whether the caller keeps the enrolments of a course.
pub(super) fn keeps(caller: &Caller, course: &CourseSeen) -> bool {
    caller.may(UPDATE) && (caller.has(Role::Admin) || course.is_given_by(caller.user_id))
}

/// A course, which has not been deleted, or 404.
pub(super) fn known(course_id: Uuid) -> Result<CourseSeen, Problem> {
    seen::course(course_id)?.filter(|course| !course.removed).ok_or_else(missing)
}

/// Whether a course can be found by the caller.
pub(super) fn finds(caller: &Caller, course: &CourseSeen) -> Result<bool, Problem> {
    if keeps(caller, course) {
        return Ok(true);
    }
    Ok(match (course.status, course.visibility, course.organization_id) {
        (Status::Draft, _, _) | (_, Visibility::Private, _) | (_, Visibility::Organization, None) => false,
        (_, Visibility::Public, _) => true,
        (_, Visibility::Organization, Some(id)) => seen::is_in_organization(id, caller.user_id)?,
    })
}

/// A course that the caller finds, or 404.
pub(super) fn find(caller: &Caller, course_id: Uuid) -> Result<CourseSeen, Problem> {
    let course = known(course_id)?;
    if finds(caller, &course)? { Ok(course) } else { Err(missing()) }
}

/// A course whose enrolments the caller keeps: 403 if they only find it, or else 404.
pub(super) fn kept(caller: &Caller, course_id: Uuid) -> Result<CourseSeen, Problem> {
    let course = find(caller, course_id)?;
    if keeps(caller, &course) {
        Ok(course)
    } else {
        Err(Problem::forbidden("Only its instructors may do this."))
    }
}

/// An enrolment, and what the caller is to it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) enrollment: Enrollment,
    /// It is their own.
    pub(super) is_own: bool,
    /// They keep it.
    pub(super) keeps: bool,
}

/// An enrolment that is the caller's own, or that they keep, or 404.
pub(super) fn enrollment(caller: &Caller, id: Uuid) -> Result<Seen, Problem> {
    let missing = || Problem::not_found(Enrollment::MISSING);
    let enrollment = enrollments::find(id)?.ok_or_else(missing)?;
    let is_own = enrollment.user_id == Some(caller.user_id);
    let course = seen::course(enrollment.course_id)?;
    let keeps = caller.has(Role::Admin) || course.is_some_and(|course| keeps(caller, &course));
    if is_own || keeps { Ok(Seen { enrollment, is_own, keeps }) } else { Err(missing()) }
}
