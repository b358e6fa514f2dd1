//! An enrolment as people see it.

use lyceum_event_types::enrollments::FailureReason;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Enrollment, Origin, Status};

/// An enrolment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Enrollment)]
pub(crate) struct EnrollmentView {
    id: Uuid,
    course_id: Uuid,
    /// None once the person's data was erased.
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
    status: Status,
    origin: Origin,
    /// The published version of the course that they are on; none before they are enrolled.
    course_version: Option<i64>,
    /// From when on its lessons may be read; at once if there is none.
    starts_at: Option<Timestamp>,
    /// Until when; without end if there is none.
    expires_at: Option<Timestamp>,
    /// What was asked for, in the smallest unit of the currency; none if nothing was.
    amount: Option<i64>,
    currency: Option<String>,
    /// Until when a payment is awaited.
    payment_until: Option<Timestamp>,
    payment_id: Option<Uuid>,
    /// Why it didn't come about.
    failure_reason: Option<FailureReason>,
    waitlisted_at: Option<Timestamp>,
    /// How many wait before them; only where one enrolment is shown, and somebody waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_before: Option<i64>,
    enrolled_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    /// Since when it counts no more. What was completed stays completed.
    ended_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Enrollment> for EnrollmentView {
    fn from(enrollment: Enrollment) -> Self {
        let is_pending = enrollment.is_pending();
        Self {
            id: enrollment.id,
            course_id: enrollment.course_id,
            user_id: enrollment.user_id,
            status: enrollment.status,
            origin: enrollment.origin,
            course_version: enrollment.course_version,
            starts_at: enrollment.starts_at,
            expires_at: enrollment.expires_at,
            amount: enrollment.amount,
            currency: enrollment.currency,
            payment_until: enrollment.payment_until.filter(|_| is_pending),
            payment_id: enrollment.payment_id,
            failure_reason: enrollment.failure_reason,
            waitlisted_at: enrollment.waitlisted_at,
            waiting_before: None,
            enrolled_at: enrollment.enrolled_at,
            completed_at: enrollment.completed_at,
            ended_at: enrollment.ended_at,
            created_at: enrollment.created_at,
            updated_at: enrollment.updated_at,
        }
    }
}

impl EnrollmentView {
    /// With how many wait before them.
    pub(super) fn behind(self, waiting_before: Option<i64>) -> Self {
        Self { waiting_before, ..self }
    }
}

impl Resource for Enrollment {
    type View = EnrollmentView;
    const PATH: &'static str = "/api/v1/enrollments";
    const MISSING: &'static str = "There is no such enrolment.";
}

/// 201 with an enrolment that has just begun. What becomes of it is seen at its `Location`.
pub(super) fn begun(enrollment: &Enrollment) -> Response {
    let location = format!("{}/{}", Enrollment::PATH, enrollment.id);
    created(&location, Json(EnrollmentView::from(enrollment.clone())))
}
