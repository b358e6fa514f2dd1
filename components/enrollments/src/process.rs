//! The saga of an enrolment: reserve, check, pay, confirm.
//!
//! The place is reserved by the transaction that begins the saga, so that who asks knows at once whether there is one. A step
//! that is refused notes why in the enrolment's row, and then all is taken back by `release`: the place, the use of an
//! invitation, and a payment that was asked for.
//!
//! Each step looks at the enrolment first, and is refused if it isn't being decided any more: the person has withdrawn
//! meanwhile, or the course is gone. All was given back then, and nothing is left to be released.

use std::time::Duration;

use lyceum_event_types::enrollments::FailureReason;
use lyceum_event_types::payments::{PaymentCompleted, PaymentFailed};
use lyceum_kit::prelude::*;
use lyceum_kit::saga::{self, Next, Saga, Started, Step, StepError, Turn};
use lyceum_kit::sql::Versioned as _;
use serde::{Deserialize, Serialize};

use crate::domain::{CourseSeen, Enrollment, Refusal};
use crate::ending::Ending;
use crate::store::{enrollments, places, seen};
use crate::{enrolling, events, filling, live};

/// How long a payment is awaited from who has just asked to be enrolled.
const PAYMENT_WITHIN: Duration = Duration::from_hours(1);
/// The same from who has waited for a place, and doesn't sit there.
const PAYMENT_OF_WAITING_WITHIN: Duration = Duration::from_hours(24);
const PAY: &str = "pay";

static ENROLLMENT: Saga<Enrolling> = Saga::new("enrollment", &steps(PAYMENT_WITHIN));

/// Of who has waited.
static PROMOTION: Saga<Enrolling> =
    Saga::new("promotion", &steps(PAYMENT_OF_WAITING_WITHIN)).within(Duration::from_hours(36));

const fn steps(payment_within: Duration) -> [Step<Enrolling>; 4] {
    [
        Step::new("reserve", reserve).undo(release),
        Step::new("check", check),
        Step::new(PAY, pay).answer_within(payment_within),
        Step::new("confirm", confirm),
    ]
}

/// Which of both, and how long a payment is awaited there.
fn saga_of(enrollment: &Enrollment) -> (&'static Saga<Enrolling>, Duration) {
    if enrollment.waitlisted_at.is_some() {
        (&PROMOTION, PAYMENT_OF_WAITING_WITHIN)
    } else {
        (&ENROLLMENT, PAYMENT_WITHIN)
    }
}

/// All else is in the enrolment's row.
#[derive(Debug, Deserialize, Serialize)]
struct Enrolling {
    enrollment_id: Uuid,
}

/// Begins the saga of an enrolment that has its place by the same transaction.
pub(crate) fn begin(enrollment: &Enrollment) -> Result<Started, Problem> {
    let (saga, _) = saga_of(enrollment);
    Ok(saga.start(&Enrolling { enrollment_id: enrollment.id })?.about(enrollment.id))
}

/// Does what can be done of it now.
pub(crate) fn advance(enrollment: &Enrollment, saga: Uuid) {
    saga_of(enrollment).0.advance(saga);
}

/// Goes on with those that are due.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    saga::run_due(by, &[&ENROLLMENT, &PROMOTION])
}

/// The enrolment as it is, if it is still being decided.
fn pending(turn: &Turn<Enrolling>) -> Result<Enrollment, StepError> {
    let found = enrollments::find(turn.data.enrollment_id)?;
    let over =
        || StepError::refused(&Problem::conflict("ENROLLMENT_OVER", "Nothing is to be decided any more."));
    found.filter(Enrollment::is_pending).ok_or_else(over)
}

/// Notes why it won't come about, which is then told.
fn refuse(enrollment: &Enrollment, reason: FailureReason, problem: &Problem) -> StepError {
    let by = Context::current().without_once();
    match by.begin().execute(enrollments::note(enrollment.id, reason)).commit() {
        Ok(_) => StepError::refused(problem),
        Err(error) => error.into(),
    }
}

fn course(enrollment: &Enrollment) -> Result<CourseSeen, StepError> {
    let found = seen::course(enrollment.course_id)?;
    found.ok_or_else(|| StepError::failed("nothing is known of the course"))
}

/// The transaction that began it has reserved the place.
fn reserve(turn: &mut Turn<Enrolling>) -> Result<Next, StepError> {
    pending(turn).map(|_| Next::Done)
}

/// Takes all back: if nobody has done so already.
fn release(turn: &mut Turn<Enrolling>) -> Result<Next, StepError> {
    let found = enrollments::find(turn.data.enrollment_id)?;
    if let Some(enrollment) = found.filter(Enrollment::is_pending) {
        let reason = enrollment.failure_reason.unwrap_or(FailureReason::TimedOut);
        Ending::failed(&enrollment, reason)?.add_to(turn);
    }
    Ok(Next::Done)
}

/// The course is open to the person, and what is to be completed before is.
fn check(turn: &mut Turn<Enrolling>) -> Result<Next, StepError> {
    let enrollment = pending(turn)?;
    let (course, (settings, _)) = (course(&enrollment)?, places::of(enrollment.course_id)?);
    let refusal = Refusal::of_course(&course, &settings, clock::now());
    let refusal = match (refusal, enrollment.user_id) {
        (None, Some(user_id)) if !enrollment.waive_prerequisites => {
            let missing = enrollments::missing(&course, user_id)?;
            (!missing.is_empty()).then_some(Refusal::Prerequisites(missing))
        }
        (refusal, _) => refusal,
    };
    match refusal {
        Some(refusal) => {
            let reason = refusal.reason();
            Err(refuse(&enrollment, reason, &refusal.into()))
        }
        None => Ok(Next::Done),
    }
}

/// Asks for the payment and waits for it. Done again when nobody has answered in time, which is the end of it.
fn pay(turn: &mut Turn<Enrolling>) -> Result<Next, StepError> {
    let enrollment = pending(turn)?;
    let course = course(&enrollment)?;
    if let Some(until) = enrollment.payment_until {
        if clock::now() < until {
            return Ok(Next::Answer);
        }
        let late = Problem::conflict("PAYMENT_TOO_LATE", "It wasn't paid in time.");
        return Err(refuse(&enrollment, FailureReason::TimedOut, &late));
    }
    let Some((amount, currency)) = enrollment.cost(&course) else { return Ok(Next::Done) };
    if !enrolling::takes_payments()? {
        return Err(refuse(&enrollment, FailureReason::PaymentFailed, &Refusal::NoPayments.into()));
    }
    let charged = enrollment.charged(amount, currency, saga_of(&enrollment).1);
    write(turn, &charged);
    if let Some(asked) = events::payment_requested(&charged, &course) {
        turn.publish(&asked);
    }
    Ok(Next::Answer)
}

/// The person learns from now on.
fn confirm(turn: &mut Turn<Enrolling>) -> Result<Next, StepError> {
    let enrollment = pending(turn)?;
    let (course, (settings, _)) = (course(&enrollment)?, places::of(enrollment.course_id)?);
    let Some(version) = course.published_version.filter(|_| !course.removed) else {
        return Err(refuse(&enrollment, FailureReason::CourseNotOpen, &Refusal::NotOpen.into()));
    };
    let confirmed = enrollment.confirmed(version, &settings, false);
    write(turn, &confirmed);
    if let Some(enrolled) = events::enrolled(&confirmed, &course) {
        turn.publish(&enrolled);
    }
    Ok(Next::Done)
}

/// Writes its next state, and tells who waits.
fn write(turn: &mut Turn<Enrolling>, next: &Enrollment) {
    turn.execute_expecting(next.update(), 1, || Problem::unavailable(Duration::from_secs(1)));
    for message in live::told(next) {
        turn.publish(&message);
    }
}

/// It was paid. A payment of another amount isn't the one that was asked for.
pub(crate) fn paid(received: &Received, payment: &PaymentCompleted) -> Result<(), EventError> {
    answered(received, payment.enrollment_id, |turn| {
        let enrollment = pending(turn)?;
        if !enrollment.owes(payment.amount, &payment.currency) {
            log::error(format!("the payment {} is not what was asked for", payment.payment_id));
            return Ok(Next::Answer);
        }
        write(turn, &enrollment.paid(payment.payment_id));
        Ok(Next::Done)
    })
}

/// It wasn't.
pub(crate) fn not_paid(received: &Received, payment: &PaymentFailed) -> Result<(), EventError> {
    answered(received, payment.enrollment_id, |turn| {
        let enrollment = pending(turn)?;
        let refused = Problem::conflict("PAYMENT_REFUSED", payment.error_message.clone());
        Err(refuse(&enrollment, FailureReason::PaymentFailed, &refused))
    })
}

/// An answer that is not awaited any more changes nothing: whoever takes payments was told that none is needed.
fn answered(
    received: &Received,
    enrollment_id: Option<Uuid>,
    take: impl FnOnce(&mut Turn<Enrolling>) -> Result<Next, StepError>,
) -> Result<(), EventError> {
    let Some(enrollment_id) = enrollment_id else { return Ok(()) };
    let Some(enrollment) = enrollments::find(enrollment_id)? else { return Ok(()) };
    let (saga, _) = saga_of(&enrollment);
    let Some(under_way) = saga.under_way(enrollment_id)? else { return Ok(()) };
    saga.answered(received, under_way.id(), PAY, take)?;
    filling::fill(&received.without_once(), enrollment.course_id, filling::AT_ONCE)
}
