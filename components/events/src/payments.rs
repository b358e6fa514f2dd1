//! What an enrolment and whoever takes payments say to each other. Amounts are integers in the smallest unit of the currency.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// An enrolment in a course with a price waits for its payment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PaymentRequested {
    /// The enrolment, for which there is one payment at most.
    pub enrollment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Its title then.
    pub course_title: String,
    /// Who pays.
    pub user_id: UserId,
    /// How much, more than 0, in the smallest unit of the currency.
    pub amount: i64,
    /// The code of three capital letters (ISO 4217).
    pub currency: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the enrolment waits no more.
    pub expires_at: Timestamp,
}
event!(PaymentRequested, "lyceum.enrollments.PaymentRequested.v1", about "enrollment" in enrollment_id);

/// The enrolment for which a payment was asked needs none any more: nothing is to be taken, and what was taken is to be given back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PaymentCancelled {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// Who was to pay.
    pub user_id: UserId,
    /// When it was given up.
    pub cancelled_at: Timestamp,
}
event!(PaymentCancelled, "lyceum.enrollments.PaymentCancelled.v1", about "enrollment" in enrollment_id);

/// An enrolment's payment was made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PaymentCompleted {
    /// The payment.
    pub payment_id: Uuid,
    /// The enrolment that asked for it; none if something else did.
    pub enrollment_id: Option<Uuid>,
    /// Who paid.
    pub user_id: UserId,
    /// How much, in the smallest unit of the currency.
    pub amount: i64,
    /// The code of three capital letters (ISO 4217).
    pub currency: String,
    /// When it was made.
    pub completed_at: Timestamp,
}
event!(PaymentCompleted, "lyceum.billing.PaymentCompleted.v1", about "payment" in payment_id);

/// An enrolment's payment was refused.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PaymentFailed {
    /// The payment.
    pub payment_id: Uuid,
    /// The enrolment that asked for it; none if something else did.
    pub enrollment_id: Option<Uuid>,
    /// Who was to pay.
    pub user_id: UserId,
    /// How much, in the smallest unit of the currency.
    pub amount: i64,
    /// The code of three capital letters (ISO 4217).
    pub currency: String,
    /// Why, in words.
    pub error_message: String,
    /// When it was refused.
    pub failed_at: Timestamp,
}
event!(PaymentFailed, "lyceum.billing.PaymentFailed.v1", about "payment" in payment_id);
