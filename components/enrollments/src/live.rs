//! What those are told who wait to see what becomes of an enrolment.

use lyceum_event_types::enrollments::FailureReason;
use lyceum_kit::{live, prelude::*};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Enrollment, Status};

/// What happened to an enrolment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    /// Counts the states of the enrolment: who polls says the last one that they know.
    id: i64,
    /// `payment.processing`, `enrollment.requested`, `enrollment.waitlisted`, `enrollment.confirmed`, `enrollment.failed`,
    /// `enrollment.completed`, `enrollment.withdrawn` or `enrollment.expired`.
    #[serde(rename = "type")]
    kind: &'static str,
    enrollment_id: Uuid,
    content: Content,
}

/// How far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Content {
    course_id: Uuid,
    status: Status,
    /// Why it didn't come about.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<FailureReason>,
    /// Until when a payment is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_until: Option<Timestamp>,
}

impl Told {
    /// How far it is now.
    pub(crate) fn of(enrollment: &Enrollment) -> Self {
        let kind = match enrollment.status {
            Status::Requested if enrollment.payment_asked_at.is_some() => "payment.processing",
            Status::Requested => "enrollment.requested",
            Status::Waitlisted => "enrollment.waitlisted",
            Status::Confirmed => "enrollment.confirmed",
            Status::Completed => "enrollment.completed",
            Status::Failed | Status::Compensated => "enrollment.failed",
            Status::Withdrawn => "enrollment.withdrawn",
            Status::Expired => "enrollment.expired",
        };
        let content = Content {
            course_id: enrollment.course_id,
            status: enrollment.status,
            reason: enrollment.failure_reason,
            payment_until: enrollment.payment_until.filter(|_| enrollment.is_pending()),
        };
        Self { id: enrollment.version, kind, enrollment_id: enrollment.id, content }
    }

    /// What clients know it by.
    pub(crate) const fn kind(&self) -> &'static str {
        self.kind
    }
}

/// What a channel is told, as an event with the kind that the host keeps for it: a turn of a saga has no other way to tell it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    #[serde(skip)]
    channel: Channel,
    event: &'static str,
    data: Told,
}

impl Event for Message {
    const KIND: &'static str = live::KIND;
    const AGGREGATE_TYPE: &'static str = "live-channel";
    fn aggregate_id(&self) -> String {
        self.channel.name().to_owned()
    }
}

/// Where it is told what becomes of one enrolment.
pub(crate) fn one(enrollment_id: Uuid) -> Channel {
    Channel::of("enrollment", enrollment_id)
}

/// Where it is told what becomes of all enrolments of a person.
pub(crate) fn all(user_id: UserId) -> Channel {
    Channel::of("learner", user_id)
}

/// What is told of an enrolment that is in this state from now on.
pub(crate) fn told(enrollment: &Enrollment) -> Vec<Message> {
    let data = Told::of(enrollment);
    let of_person = enrollment.user_id.map(all);
    let channels = std::iter::once(one(enrollment.id)).chain(of_person);
    channels.map(|channel| Message { channel, event: data.kind, data: data.clone() }).collect()
}

/// Adds what is told of it to a transaction.
pub(crate) fn tell<E>(transaction: Transaction<E>, enrollment: &Enrollment) -> Transaction<E> {
    told(enrollment).iter().fold(transaction, Transaction::publish)
}
