//! What enrolments and progress tell of learners.

use lyceum_event_types::enrollments::{EnrollmentDeleted, EnrollmentUpdated, UserEnrolled};
use lyceum_event_types::progress::LessonCompleted;
use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;

use crate::store::learners::{COMPLETED, LEARNERS};
use crate::store::numbers;

pub(crate) fn enrolled(projection: &Projection<'_>, told: &UserEnrolled) -> Result<(), EventError> {
    let dates = (told.course_version, told.starts_at, told.expires_at);
    learns(projection, (told.enrollment_id, told.course_id, told.user_id), dates)
}

pub(crate) fn updated(projection: &Projection<'_>, told: &EnrollmentUpdated) -> Result<(), EventError> {
    let dates = (told.course_version, told.starts_at, told.expires_at);
    learns(projection, (told.enrollment_id, told.course_id, told.user_id), dates)
}

fn learns(
    projection: &Projection<'_>,
    (enrollment_id, course_id, user_id): (Uuid, Uuid, UserId),
    (course_version, starts_at, expires_at): (i64, Option<Timestamp>, Option<Timestamp>),
) -> Result<(), EventError> {
    if erasure::is_erased(user_id)? {
        return Ok(());
    }
    let values = [
        ("course_id", course_id.into_value()),
        ("user_id", user_id.into_value()),
        ("course_version", course_version.into_value()),
        ("starts_at", starts_at.into_value()),
        ("expires_at", expires_at.into_value()),
        ("ended", false.into_value()),
    ];
    projection
        .upsert(&LEARNERS, params![enrollment_id], &values)
        .execute(numbers::stale(course_id))
        .execute(erasure::unless_erased(user_id))
        .commit()
}

pub(crate) fn ended(projection: &Projection<'_>, told: &EnrollmentDeleted) -> Result<(), EventError> {
    if erasure::is_erased(told.user_id)? {
        return Ok(());
    }
    let values = [
        ("course_id", told.course_id.into_value()),
        ("user_id", told.user_id.into_value()),
        ("ended", true.into_value()),
    ];
    projection
        .upsert(&LEARNERS, params![told.enrollment_id], &values)
        .execute(erasure::unless_erased(told.user_id))
        .commit()
}

pub(crate) fn completed(projection: &Projection<'_>, told: &LessonCompleted) -> Result<(), EventError> {
    if erasure::is_erased(told.user_id)? {
        return Ok(());
    }
    projection
        .upsert(&COMPLETED, params![told.user_id, told.lesson_id], &[])
        .execute(erasure::unless_erased(told.user_id))
        .commit()
}
