//! Who sees and changes whose progress.

use lyceum_kit::prelude::*;
use std::time::Duration;

use super::UPDATE;
use crate::domain::lesson::Update;
use crate::domain::seen::{Closed, SeenCourse, SeenEnrollment};
use crate::learning::Learning;
use crate::store::seen;

pub(super) fn missing() -> Problem {
    Problem::not_found("There is no such progress.")
}

/// Whether the caller gives the course, or is an administrator.
pub(super) fn gives(caller: &Caller, course: Option<&SeenCourse>) -> bool {
    let given = course.is_some_and(|course| course.is_given_by(caller.user_id));
    caller.may(UPDATE) && (caller.has(Role::Admin) || given)
}

/// Whether the caller gives a course that the person learns in or learned in, or is an administrator.
pub(super) fn teaches(caller: &Caller, user_id: UserId) -> Result<bool, Problem> {
    let courses = seen::courses_of(user_id)?;
    Ok(caller.has(Role::Admin) || courses.iter().any(|course| gives(caller, Some(course))))
}

/// A course that the caller gives; or else 404.
pub(super) fn given(caller: &Caller, course_id: Uuid) -> Result<SeenCourse, Problem> {
    let course = seen::course_by_id(course_id)?.filter(|course| !course.removed);
    let course = course.filter(|course| gives(caller, Some(course)));
    course.ok_or_else(|| Problem::not_found("There is no such course."))
}

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asking {
    /// The learner, or an administrator.
    Owner,
    /// Who gives the course.
    Instructor,
}

fn person(caller: &Caller, subject: Subject) -> UserId {
    match subject {
        Subject::Me => caller.user_id,
        Subject::User(id) => id,
    }
}

/// A learner's progress in a course, if the caller sees it; or else 404.
pub(super) fn learner(
    caller: &Caller,
    subject: Subject,
    course_id: Uuid,
) -> Result<(Learning, Asking), Problem> {
    let user_id = person(caller, subject);
    let learning = Learning::of(user_id, course_id)?.ok_or_else(missing)?;
    if caller.owns(user_id) {
        return Ok((learning, Asking::Owner));
    }
    if gives(caller, learning.facts.course.as_ref()) {
        return Ok((learning, Asking::Instructor));
    }
    Err(missing())
}

/// The same to be changed: 503 if what there is to learn was not heard of yet. Instructors change nothing of what is the
/// learner's: 403.
pub(super) fn own(caller: &Caller, subject: Subject, course_id: Uuid) -> Result<Learning, Problem> {
    let (learning, asking) = learner(caller, subject, course_id)?;
    if asking == Asking::Instructor {
        return Err(Problem::forbidden("Only the learner says what they have done."));
    }
    known(learning)
}

/// 503 if what there is to learn was not heard of yet: it comes.
pub(super) fn known(learning: Learning) -> Result<Learning, Problem> {
    if learning.outline().is_none() {
        return Err(Problem::unavailable(Duration::from_secs(2)));
    }
    Ok(learning)
}

/// The update with the time that counts. Fails with 409 unless the person learned there at that time.
pub(super) fn dated(enrollment: &SeenEnrollment, update: &Update) -> Result<Update, Problem> {
    let update = update.clone().dated(|told| enrollment.done_at(told));
    open(enrollment, update.at())?;
    Ok(update)
}

/// Fails with 409 unless the person learns there at this moment.
pub(super) fn open(enrollment: &SeenEnrollment, at: Timestamp) -> Result<(), Problem> {
    enrollment.open_at(at).map_err(|closed| match closed {
        Closed::Ended => Problem::conflict("NOT_ENROLLED", "The enrolment is over. What was reached stays."),
        Closed::NotStarted => Problem::conflict("ENROLLMENT_NOT_STARTED", "The course begins later."),
        Closed::Expired => Problem::conflict("ENROLLMENT_EXPIRED", "The last day to learn has passed."),
    })
}

/// What is told of a lesson that is completed by a result alone.
pub(super) fn by_result() -> Problem {
    Problem::conflict("COMPLETED_BY_RESULT", "A quiz or an assignment is completed by what it comes to.")
}
