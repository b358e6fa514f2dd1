//! An enrolment, and how far it is.

use std::time::Duration;

use lyceum_event_types::enrollments::{EndReason, FailureReason};
use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;

use super::{CourseSeen, Settings};

text_enum! {
    /// How far an enrolment is.
    pub(crate) enum Status {
        /// A place is reserved; the rest is being decided.
        Requested = "requested",
        /// The person waits for a place.
        Waitlisted = "waitlisted",
        /// The person learns in the course.
        Confirmed = "confirmed",
        /// The person has completed the course.
        Completed = "completed",
        /// A rule was against it, and the place was given back.
        Failed = "failed",
        /// A payment was asked for and didn't come about, and all was taken back.
        Compensated = "compensated",
        /// The person left, or was taken out, or the course is gone.
        Withdrawn = "withdrawn",
        /// Its last day has passed.
        Expired = "expired",
    }
}

text_enum! {
    /// How somebody came to be enrolled.
    pub(crate) enum Origin {
        /// By themselves.
        Own = "self",
        /// By themselves, with an invitation.
        Invitation = "invitation",
        /// An instructor enrolled them.
        Instructor = "instructor",
        /// They stood in a file.
        File = "file",
        /// They were in a cohort.
        Cohort = "cohort",
    }
}

/// How an enrolment ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum How {
    /// It didn't come about.
    Failed(FailureReason),
    /// It is over.
    Over(EndReason),
}

/// What is agreed beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) waive_prerequisites: bool,
    pub(crate) waive_payment: bool,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// An enrolment.
#[derive(Clone, Debug)]
pub(crate) struct Enrollment {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) user_id: Option<UserId>,
    pub(crate) status: Status,
    pub(crate) origin: Origin,
    pub(crate) invitation_id: Option<Uuid>,
    pub(crate) waive_prerequisites: bool,
    pub(crate) waive_payment: bool,
    pub(crate) course_version: Option<i64>,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) payment_asked_at: Option<Timestamp>,
    pub(crate) payment_until: Option<Timestamp>,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) failure_reason: Option<FailureReason>,
    pub(crate) ticket: i64,
    pub(crate) waitlisted_at: Option<Timestamp>,
    pub(crate) enrolled_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Enrollment {
    /// Asked for now, with a place reserved.
    pub(crate) fn requested(course_id: Uuid, user_id: UserId, origin: Origin, terms: Terms) -> Self {
        let now = clock::now();
        Self {
            id: ids::new(),
            course_id,
            user_id: Some(user_id),
            status: Status::Requested,
            origin,
            invitation_id: None,
            waive_prerequisites: terms.waive_prerequisites,
            waive_payment: terms.waive_payment,
            course_version: None,
            starts_at: terms.starts_at,
            expires_at: terms.expires_at,
            amount: None,
            currency: None,
            payment_asked_at: None,
            payment_until: None,
            payment_id: None,
            failure_reason: None,
            ticket: 0,
            waitlisted_at: None,
            enrolled_at: None,
            completed_at: None,
            ended_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same, but waiting for a place.
    pub(crate) fn waiting(self) -> Self {
        Self { status: Status::Waitlisted, waitlisted_at: Some(self.created_at), ..self }
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    /// Whether it is being decided.
    pub(crate) fn is_pending(&self) -> bool {
        self.status == Status::Requested && self.ended_at.is_none()
    }

    /// Whether the person learns in the course.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.status, Status::Confirmed | Status::Completed) && self.ended_at.is_none()
    }

    /// Who waited has a place now.
    pub(crate) fn promoted(&self) -> Self {
        Self { status: Status::Requested, ..self.next() }
    }

    /// A payment of this amount is asked for now, and awaited until then.
    pub(crate) fn charged(&self, amount: i64, currency: &str, within: Duration) -> Self {
        let next = self.next();
        let (asked, until) = (next.updated_at, next.updated_at.plus(within));
        Self {
            amount: Some(amount),
            currency: Some(currency.to_owned()),
            payment_asked_at: Some(asked),
            payment_until: Some(until),
            ..next
        }
    }

    /// It was paid by this payment.
    pub(crate) fn paid(&self, payment_id: Uuid) -> Self {
        Self { payment_id: Some(payment_id), ..self.next() }
    }

    /// The person learns from now on, with this version and by these settings. A new enrolment is still in its first state.
    pub(crate) fn confirmed(&self, version: i64, settings: &Settings, is_new: bool) -> Self {
        let next = if is_new { self.clone() } else { self.next() };
        let now = next.updated_at;
        let starts_at = self.starts_at.or(settings.starts_at);
        let begins = starts_at.map_or(now, |starts_at| starts_at.max(now));
        let expires_at = self.expires_at.or_else(|| settings.end_for(begins));
        Self {
            status: Status::Confirmed,
            course_version: Some(version),
            starts_at,
            expires_at,
            failure_reason: None,
            enrolled_at: Some(now),
            ..next
        }
    }

    /// The person has completed the course. What has ended stays so.
    pub(crate) fn completed(&self, completed_at: Timestamp) -> Self {
        let status = if self.ended_at.is_none() { Status::Completed } else { self.status };
        Self { status, completed_at: Some(completed_at), ..self.next() }
    }

    /// With other dates, or on another version.
    pub(crate) fn changed(
        &self,
        course_version: Option<i64>,
        starts_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
    ) -> Self {
        Self { course_version, starts_at, expires_at, ..self.next() }
    }

    /// It ends like that. Who has completed a course has completed it.
    pub(crate) fn ended(&self, how: How) -> Self {
        let status = match how {
            How::Failed(_) if self.payment_asked_at.is_some() => Status::Compensated,
            How::Failed(_) => Status::Failed,
            How::Over(_) if self.status == Status::Completed => Status::Completed,
            How::Over(EndReason::Expired) => Status::Expired,
            How::Over(_) => Status::Withdrawn,
        };
        let failure_reason = match how {
            How::Failed(reason) => Some(reason),
            How::Over(_) => None,
        };
        let next = self.next();
        Self { status, failure_reason, ended_at: Some(next.updated_at), ..next }
    }

    /// Whether this course is the one that was asked for, at this price.
    pub(crate) fn owes(&self, amount: i64, currency: &str) -> bool {
        self.amount == Some(amount) && self.currency.as_deref() == Some(currency)
    }

    /// What is to be paid for it: nothing if it was waived, or if the course costs nothing.
    pub(crate) fn cost<'c>(&self, course: &'c CourseSeen) -> Option<(i64, &'c str)> {
        course.cost().filter(|_| !self.waive_payment)
    }
}
