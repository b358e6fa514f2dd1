//! What progress hears of courses, enrolments and people, and what it does every so often.

use lyceum_event_types::courses::{
    CourseDeleted, CoursePublished, CourseUpdated, LearningPathChanged, LearningPathDeleted,
};
use lyceum_event_types::enrollments::{EnrollmentDeleted, EnrollmentUpdated, UserEnrolled};
use lyceum_event_types::users::{ProfileCreated, ProfileUpdated};
use lyceum_kit::periodic::{Job, every, hours, minutes};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;

use crate::awarding;
use crate::cache;
use crate::domain::seen::SeenEnrollment;
use crate::grading::{book, reminding, taking};
use crate::reports;
use crate::settling;
use crate::store::{paths, seen};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "criteria-dates", settling::take_dates),
    every(minutes(1), "settlements", settling::settle_due),
    every(minutes(1), "attempts-over", taking::hand_in_over),
    every(hours(1), "idle-attempts", taking::abandon_idle),
    every(minutes(1), "gradebooks", book::settle),
    every(minutes(1), "assignments-due", reminding::remind),
    every(minutes(1), "awards", awarding::award_due),
    every(minutes(1), "jobs", reports::run_due),
];

pub(crate) fn course_published(
    projection: &Projection<'_>,
    published: &CoursePublished,
) -> Result<(), EventError> {
    // Two rows, each with its own guard: a version heard late is still a version.
    seen::version(projection, published)?;
    seen::course(projection, published.course_id, &published.title, &published.instructor_ids)?;
    cache::forget_course(published.course_id);
    Ok(())
}

pub(crate) fn course_updated(projection: &Projection<'_>, updated: &CourseUpdated) -> Result<(), EventError> {
    seen::course(projection, updated.course_id, &updated.title, &updated.instructor_ids)?;
    cache::forget_course(updated.course_id);
    Ok(())
}

pub(crate) fn course_deleted(projection: &Projection<'_>, deleted: &CourseDeleted) -> Result<(), EventError> {
    seen::no_course(projection, deleted.course_id)?;
    cache::forget_course(deleted.course_id);
    Ok(())
}

pub(crate) fn path_changed(
    projection: &Projection<'_>,
    changed: &LearningPathChanged,
) -> Result<(), EventError> {
    paths::changed(projection, changed)
}

pub(crate) fn path_deleted(
    projection: &Projection<'_>,
    deleted: &LearningPathDeleted,
) -> Result<(), EventError> {
    paths::deleted(projection, deleted.learning_path_id)
}

pub(crate) fn enrolled(projection: &Projection<'_>, enrolled: &UserEnrolled) -> Result<(), EventError> {
    let enrollment = SeenEnrollment {
        enrollment_id: enrolled.enrollment_id,
        course_id: enrolled.course_id,
        user_id: enrolled.user_id,
        course_version: enrolled.course_version,
        enrolled_at: Some(enrolled.enrolled_at),
        starts_at: enrolled.starts_at,
        expires_at: enrolled.expires_at,
        ended: false,
    };
    seen::enrollment(projection, &enrollment)
}

pub(crate) fn enrollment_updated(
    projection: &Projection<'_>,
    updated: &EnrollmentUpdated,
) -> Result<(), EventError> {
    let enrollment = SeenEnrollment {
        enrollment_id: updated.enrollment_id,
        course_id: updated.course_id,
        user_id: updated.user_id,
        course_version: updated.course_version,
        enrolled_at: None,
        starts_at: updated.starts_at,
        expires_at: updated.expires_at,
        ended: false,
    };
    seen::enrollment(projection, &enrollment)
}

pub(crate) fn enrollment_deleted(
    projection: &Projection<'_>,
    deleted: &EnrollmentDeleted,
) -> Result<(), EventError> {
    seen::no_enrollment(projection, deleted.enrollment_id, deleted.course_id, deleted.user_id)
}

pub(crate) fn profile_created(
    projection: &Projection<'_>,
    profile: &ProfileCreated,
) -> Result<(), EventError> {
    seen::person(projection, profile.user_id, &profile.display_name)
}

pub(crate) fn profile_updated(
    projection: &Projection<'_>,
    profile: &ProfileUpdated,
) -> Result<(), EventError> {
    seen::person(projection, profile.user_id, &profile.display_name)
}
