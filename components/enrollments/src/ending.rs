//! However an enrolment ends: what it had is given back, and it is told.

use std::collections::BTreeSet;
use std::time::Duration;

use lyceum_event_types::enrollments::{EndReason, FailureReason};
use lyceum_kit::erasure::Erasure;
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;
use lyceum_kit::saga::Turn;
use lyceum_kit::sql::Versioned as _;

use crate::domain::{Enrollment, How};
use crate::store::{enrollments, invitations, places, seen};
use crate::{events, filling, live};

/// Rows that are read at a time.
const SOME: u16 = 100;

/// An enrolment that ends.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    before: Enrollment,
    ended: Enrollment,
    how: How,
    /// Of the course, as far as it is known.
    title: Option<String>,
}

impl Ending {
    /// It is over. What was being decided didn't come about.
    pub(crate) fn over(enrollment: &Enrollment, reason: EndReason) -> Result<Self, SqlError> {
        let how = match reason {
            _ if !enrollment.is_pending() => How::Over(reason),
            EndReason::CourseDeleted => How::Failed(FailureReason::CourseNotOpen),
            EndReason::Expired => How::Failed(FailureReason::TimedOut),
            EndReason::Withdrawn | EndReason::Removed | EndReason::Erased => {
                How::Failed(FailureReason::Withdrawn)
            }
        };
        Self::of(enrollment, how)
    }

    /// It doesn't come about.
    pub(crate) fn failed(enrollment: &Enrollment, reason: FailureReason) -> Result<Self, SqlError> {
        Self::of(enrollment, How::Failed(reason))
    }

    fn of(enrollment: &Enrollment, how: How) -> Result<Self, SqlError> {
        let title = match how {
            How::Failed(_) => seen::course(enrollment.course_id)?.map(|course| course.title),
            How::Over(_) => None,
        };
        Ok(Self { before: enrollment.clone(), ended: enrollment.ended(how), how, title })
    }

    /// What it had is given back. The course's row is always the first, so that no two wait for each other.
    fn given_back(&self) -> impl Iterator<Item = Statement> {
        let invitation = self.before.invitation_id.filter(|_| self.before.enrolled_at.is_none());
        std::iter::once(places::leave(&self.before)).chain(invitation.map(invitations::give_back))
    }

    /// A payment that was asked for and that nobody has refused needs none any more.
    fn cancels_payment(&self) -> bool {
        self.before.payment_asked_at.is_some()
            && matches!(self.how, How::Failed(reason) if reason != FailureReason::PaymentFailed)
    }

    /// Adds it to a transaction.
    pub(crate) fn add<E>(&self, transaction: Transaction<E>) -> Transaction<E> {
        let mut transaction = transaction
            .execute_all(self.given_back())
            .execute(self.ended.update())
            .on_missing(Problem::changed_meanwhile);
        if let Some(user_id) = self.before.user_id {
            transaction = match self.how {
                How::Failed(reason) => {
                    transaction.publish(&events::failed(&self.ended, self.title.clone(), user_id, reason))
                }
                How::Over(reason) => transaction.publish(&events::over(&self.ended, user_id, reason)),
            };
            if self.cancels_payment() {
                transaction = transaction.publish(&events::payment_cancelled(&self.ended, user_id));
            }
        }
        live::tell(transaction, &self.ended)
    }

    /// Adds it to a turn of a saga.
    pub(crate) fn add_to<D>(&self, turn: &mut Turn<D>) {
        for statement in self.given_back() {
            turn.execute(statement);
        }
        turn.execute_expecting(self.ended.update(), 1, || Problem::unavailable(Duration::from_secs(1)));
        if let Some(user_id) = self.before.user_id {
            match self.how {
                How::Failed(reason) => {
                    turn.publish(&events::failed(&self.ended, self.title.clone(), user_id, reason));
                }
                How::Over(reason) => turn.publish(&events::over(&self.ended, user_id, reason)),
            }
            if self.cancels_payment() {
                turn.publish(&events::payment_cancelled(&self.ended, user_id));
            }
        }
        for message in live::told(&self.ended) {
            turn.publish(&message);
        }
    }
}

/// Ends one; one that somebody else has changed meanwhile is left to the next time.
fn end(by: &WithoutOnce, enrollment: &Enrollment, reason: EndReason) -> Result<(), EventError> {
    match Ending::over(enrollment, reason)?.add(by.begin()).commit() {
        Ok(_) | Err(TransactionError::Sql(SqlError::Expectation(_))) => Ok(()),
        Err(TransactionError::Mapped(problem)) if problem.code() == Problem::changed_meanwhile().code() => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends all that are found, each by itself; and the courses that they were in.
pub(crate) fn end_all(
    by: &WithoutOnce,
    reason: EndReason,
    some: impl Fn(u16) -> Result<Vec<Enrollment>, SqlError>,
) -> Result<BTreeSet<Uuid>, EventError> {
    let mut courses = BTreeSet::new();
    loop {
        let found = some(SOME)?;
        if found.is_empty() {
            return Ok(courses);
        }
        for enrollment in &found {
            courses.insert(enrollment.course_id);
            end(by, enrollment, reason)?;
        }
    }
}

/// What has had its last moment is over, and who waits gets the place.
pub(crate) fn expire(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |enrollment: &Enrollment| format!("expiring the enrolment {}", enrollment.id),
        |last| Ok(enrollments::expired(now, last, periodic::BATCH)?),
        |enrollment| {
            end(by, enrollment, EndReason::Expired)?;
            filling::fill(by, enrollment.course_id, filling::AT_ONCE)
        },
    )
    .map(drop)
}

/// Adds what forgets a person: their enrolments have ended before, each by itself, and remain without them.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<lyceum_kit::sql::Silent>,
) -> Result<Transaction<lyceum_kit::sql::Silent>, EventError> {
    let (user_id, by) = (erasure.user_id(), erasure.without_once());
    let live = |limit| query_all(enrollments::live_of_user(user_id, limit));
    for course_id in end_all(&by, EndReason::Erased, live)? {
        filling::fill(&by, course_id, filling::AT_ONCE)?;
    }
    let forget = |text: &str| statement(text, params![user_id]);
    Ok(transaction
        .execute(enrollments::live_of_user(user_id, 1).expect_rows(0))
        .execute(forget("UPDATE enrollments SET user_id = NULL WHERE user_id = $1"))
        .execute(forget("UPDATE invitations SET created_by = NULL WHERE created_by = $1"))
        .execute_all(seen::forget(user_id)))
}
