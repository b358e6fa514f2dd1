//! Enrolments: who learns in which course, from when and until when.

use lyceum_kit::{
    prelude::{Timestamp, UserId, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

text_enum! {
    /// Why an enrolment didn't come about.
    pub enum FailureReason {
        /// The course isn't published, or is archived or gone.
        CourseNotOpen = "course_not_open",
        /// Something that is to be completed before isn't.
        PrerequisitesMissing = "prerequisites_missing",
        /// All places are taken, and nobody waits for this course.
        CourseFull = "course_full",
        /// The payment was refused, or isn't possible here.
        PaymentFailed = "payment_failed",
        /// It wasn't decided in time.
        TimedOut = "timed_out",
        /// The person withdrew before it was decided.
        Withdrawn = "withdrawn",
    }
}

/// Somebody wants to learn in a course; whether they may isn't decided yet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentRequested {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Who is to learn.
    pub user_id: UserId,
    /// When it was asked for.
    pub requested_at: Timestamp,
}
event!(EnrollmentRequested, "lyceum.enrollments.EnrollmentRequested.v1", about "enrollment" in enrollment_id);

/// Somebody learns in a course from now on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UserEnrolled {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Its title when the person was enrolled.
    pub course_title: String,
    /// The version that they begin with.
    pub course_version: i64,
    /// Who learns.
    pub user_id: UserId,
    /// From when on its lessons may be read; at once if there is none.
    pub starts_at: Option<Timestamp>,
    /// Until when; without end if there is none.
    pub expires_at: Option<Timestamp>,
    /// When it was confirmed.
    pub enrolled_at: Timestamp,
}
event!(UserEnrolled, "lyceum.enrollments.UserEnrolled.v1", about "enrollment" in enrollment_id);

/// A learner was moved to another version of the course, or their dates were changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentUpdated {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// The version that they are on now.
    pub course_version: i64,
    /// Who learns.
    pub user_id: UserId,
    /// From when on its lessons may be read; at once if there is none.
    pub starts_at: Option<Timestamp>,
    /// Until when; without end if there is none.
    pub expires_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Timestamp,
}
event!(EnrollmentUpdated, "lyceum.enrollments.EnrollmentUpdated.v1", about "enrollment" in enrollment_id);

/// Somebody waits for a place in a course that is full.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentWaitlisted {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Its title then.
    pub course_title: String,
    /// Who waits.
    pub user_id: UserId,
    /// Since when.
    pub waitlisted_at: Timestamp,
}
event!(EnrollmentWaitlisted, "lyceum.enrollments.EnrollmentWaitlisted.v1", about "enrollment" in enrollment_id);

/// An enrolment didn't come about, and all that was done for it is undone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentFailed {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Its title then, as far as it is known.
    pub course_title: Option<String>,
    /// Who was to learn.
    pub user_id: UserId,
    /// Why not.
    pub reason: FailureReason,
    /// When it was decided.
    pub failed_at: Timestamp,
}
event!(EnrollmentFailed, "lyceum.enrollments.EnrollmentFailed.v1", about "enrollment" in enrollment_id);

/// A learner has completed the course.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentCompleted {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Who learned.
    pub user_id: UserId,
    /// When it was completed.
    pub completed_at: Timestamp,
}
event!(EnrollmentCompleted, "lyceum.enrollments.EnrollmentCompleted.v1", about "enrollment" in enrollment_id);

text_enum! {
    /// How an enrolment ended.
    pub enum EndReason {
        /// The person withdrew.
        Withdrawn = "withdrawn",
        /// An instructor or administrator took them out.
        Removed = "removed",
        /// Its last day has passed.
        Expired = "expired",
        /// The course is gone.
        CourseDeleted = "course_deleted",
        /// The person's data was erased.
        Erased = "erased",
    }
}

/// Somebody doesn't learn in a course any more, or doesn't wait for it. What they reached stays.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnrollmentDeleted {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Who learned.
    pub user_id: UserId,
    /// How it ended.
    pub reason: EndReason,
    /// When it ended.
    pub deleted_at: Timestamp,
}
event!(EnrollmentDeleted, "lyceum.enrollments.EnrollmentDeleted.v1", about "enrollment" in enrollment_id);

/// A job has rows left.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.enrollments.JobContinued.v1", about "job" in job_id);
