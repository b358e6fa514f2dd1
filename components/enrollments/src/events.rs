//! What enrolments tell others, and what they do on others' events.

use std::time::Duration;

use lyceum_event_types::courses::CourseDeleted;
use lyceum_event_types::enrollments::{
    EndReason, EnrollmentCompleted, EnrollmentDeleted, EnrollmentFailed, EnrollmentRequested,
    EnrollmentUpdated, EnrollmentWaitlisted, FailureReason, UserEnrolled,
};
use lyceum_event_types::payments::{PaymentCancelled, PaymentRequested};
use lyceum_event_types::progress::CourseCompleted;
use lyceum_kit::periodic::{Job, every, minutes};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use crate::domain::{CourseSeen, Enrollment};
use crate::store::{enrollments, seen};
use crate::{bulk, ending, filling, live, process};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "sagas", process::run_due),
    every(minutes(1), "free-places", filling::fill_all),
    every(minutes(1), "expired-enrollments", ending::expire),
    every(minutes(1), "jobs", bulk::run_due),
];

pub(crate) fn requested(enrollment: &Enrollment, user_id: UserId) -> EnrollmentRequested {
    EnrollmentRequested {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        user_id,
        requested_at: enrollment.created_at,
    }
}

pub(crate) fn waitlisted(
    enrollment: &Enrollment,
    course: &CourseSeen,
    user_id: UserId,
) -> EnrollmentWaitlisted {
    EnrollmentWaitlisted {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        course_title: course.title.clone(),
        user_id,
        waitlisted_at: enrollment.updated_at,
    }
}

/// None unless it is confirmed.
pub(crate) fn enrolled(enrollment: &Enrollment, course: &CourseSeen) -> Option<UserEnrolled> {
    Some(UserEnrolled {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        course_title: course.title.clone(),
        course_version: enrollment.course_version?,
        user_id: enrollment.user_id?,
        starts_at: enrollment.starts_at,
        expires_at: enrollment.expires_at,
        enrolled_at: enrollment.enrolled_at?,
    })
}

pub(crate) fn updated(enrollment: &Enrollment) -> Option<EnrollmentUpdated> {
    Some(EnrollmentUpdated {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        course_version: enrollment.course_version?,
        user_id: enrollment.user_id?,
        starts_at: enrollment.starts_at,
        expires_at: enrollment.expires_at,
        updated_at: enrollment.updated_at,
    })
}

pub(crate) fn failed(
    enrollment: &Enrollment,
    course_title: Option<String>,
    user_id: UserId,
    reason: FailureReason,
) -> EnrollmentFailed {
    EnrollmentFailed {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        course_title,
        user_id,
        reason,
        failed_at: enrollment.updated_at,
    }
}

pub(crate) fn over(enrollment: &Enrollment, user_id: UserId, reason: EndReason) -> EnrollmentDeleted {
    EnrollmentDeleted {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        user_id,
        reason,
        deleted_at: enrollment.updated_at,
    }
}

/// None unless a payment is awaited.
pub(crate) fn payment_requested(enrollment: &Enrollment, course: &CourseSeen) -> Option<PaymentRequested> {
    Some(PaymentRequested {
        enrollment_id: enrollment.id,
        course_id: enrollment.course_id,
        course_title: course.title.clone(),
        user_id: enrollment.user_id?,
        amount: enrollment.amount?,
        currency: enrollment.currency.clone()?,
        requested_at: enrollment.payment_asked_at?,
        expires_at: enrollment.payment_until?,
    })
}

pub(crate) fn payment_cancelled(enrollment: &Enrollment, user_id: UserId) -> PaymentCancelled {
    PaymentCancelled { enrollment_id: enrollment.id, user_id, cancelled_at: enrollment.updated_at }
}

/// A learner has completed the course: told once, and true whatever becomes of the enrolment.
pub(crate) fn completed(received: &Received, completed: &CourseCompleted) -> Result<(), EventError> {
    let Some(enrollment) = enrollments::find(completed.enrollment_id)? else {
        return Err(EventError::refused(&Problem::not_found("There is no such enrolment.")));
    };
    let Some(user_id) = enrollment.user_id.filter(|_| enrollment.completed_at.is_none()) else {
        return Ok(());
    };
    if enrollment.enrolled_at.is_none() || enrollment.course_id != completed.course_id {
        return Err(EventError::refused(&Problem::conflict(
            "NOT_ENROLLED",
            "Nobody learns by this enrolment.",
        )));
    }
    let done = enrollment.completed(completed.completed_at);
    let event = EnrollmentCompleted {
        enrollment_id: done.id,
        course_id: done.course_id,
        user_id,
        completed_at: completed.completed_at,
    };
    let changed = || Problem::unavailable(Duration::from_secs(1));
    let transaction = received.begin().execute(done.update()).on_missing(changed).publish(&event);
    live::tell(transaction, &done).commit()?;
    Ok(())
}

/// A course is gone: whoever learned there, or waited, does so no more.
pub(crate) fn course_gone(received: &Received, deleted: &CourseDeleted) -> Result<(), EventError> {
    // From then on nobody begins it.
    if !seen::is_removed(deleted.course_id)? {
        return Err(EventError::not_yet("the row of courses_seen that says that the course is gone"));
    }
    ending::end_all(&received.without_once(), EndReason::CourseDeleted, |limit| {
        enrollments::live_of_course(deleted.course_id, limit)
    })
    .map(drop)
}
