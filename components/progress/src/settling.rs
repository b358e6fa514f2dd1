//! Looks at enrolments again whose course may have become complete by something else than a lesson: a grade, another course, a
//! date, other criteria, another version. Whatever causes that notes it by `store::due` in its own transaction; so nothing is lost.

use lyceum_event_types::enrollments::{EnrollmentDeleted, EnrollmentUpdated, UserEnrolled};
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;

use crate::awarding;
use crate::cache;
use crate::grading::taking;
use crate::learning::Learning;
use crate::store::due::{self, CourseDate, Due};
use crate::store::seen;

/// Notes everybody whose course waited for a moment that has come.
pub(crate) fn take_dates(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |date: &CourseDate| format!("the date of the course {}", date.course_id),
        |last| Ok(due::dates(last, now, periodic::BATCH)?),
        |date| {
            by.begin().execute(due::date_done(date)).execute(due::of_course(date.course_id, now)).commit()?;
            Ok(())
        },
    )?;
    Ok(())
}

/// Settles what is due.
pub(crate) fn settle_due(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |due: &Due| format!("settling the enrolment {}", due.enrollment_id),
        |last| Ok(due::next(last, now, periodic::BATCH)?),
        |due| settle(by, due),
    )?;
    Ok(())
}

fn settle(by: &WithoutOnce, due: &Due) -> Result<(), EventError> {
    let done = due::done(due.enrollment_id, due.since);
    let Some(enrollment) = seen::enrollment_by_id(due.enrollment_id)? else {
        // Not heard of yet, or erased: it is noted again when it is.
        by.begin().execute(done).commit()?;
        return Ok(());
    };
    let learning = Learning::of(enrollment.user_id, enrollment.course_id)?;
    let Some(learning) = learning.filter(|learning| learning.outline().is_some() || enrollment.ended) else {
        // Its version comes.
        return Ok(());
    };
    learning.write(by.begin().execute(done)).map_err(|problem| later(&problem))?.commit()?;
    learning.forget();
    Ok(())
}

/// What the host didn't give may be there later.
fn later(problem: &Problem) -> EventError {
    EventError::unavailable(problem.detail().to_owned())
}

/// Settles one person in one course at once, after a grade was committed with `results::set`. If that fails, the tick does it.
#[allow(dead_code, reason = "for those who grade")]
pub(crate) fn settle_now(context: &Context, user_id: UserId, course_id: Uuid) {
    let settled = Learning::of(user_id, course_id).map_err(Problem::from).and_then(|learning| {
        let Some(learning) = learning.filter(|learning| learning.outline().is_some()) else { return Ok(()) };
        let (enrollment_id, now) = (learning.facts.enrollment.enrollment_id, clock::now());
        let transaction = context.without_once().begin().execute(due::done(enrollment_id, now));
        learning.write(transaction)?.commit().map_err(Problem::from)?;
        learning.forget();
        Ok(())
    });
    if let Err(problem) = settled {
        log::warn(format!("settling a grade is left to the tick: {}", problem.detail()));
    }
    awarding::award_now(context, user_id);
}

/// Progress begins with the enrolment.
pub(crate) fn enrolled(received: &Received, enrolled: &UserEnrolled) -> Result<(), EventError> {
    look_again(received, enrolled.enrollment_id, enrolled.user_id, enrolled.course_id)
}

/// Another version, or other dates: nothing falls, and the course may be complete.
pub(crate) fn moved(received: &Received, updated: &EnrollmentUpdated) -> Result<(), EventError> {
    look_again(received, updated.enrollment_id, updated.user_id, updated.course_id)
}

/// It is over, which those who give the course see; what the learner has begun is handed in with what is saved of it.
pub(crate) fn ended(received: &Received, deleted: &EnrollmentDeleted) -> Result<(), EventError> {
    if !lyceum_kit::erasure::is_erased(deleted.user_id)? {
        seen::follows(deleted.enrollment_id, received)?;
        taking::hand_in_left(&received.without_once(), deleted.user_id, deleted.course_id)?;
    }
    look_again(received, deleted.enrollment_id, deleted.user_id, deleted.course_id)
}

fn look_again(
    received: &Received,
    enrollment_id: Uuid,
    user_id: UserId,
    course_id: Uuid,
) -> Result<(), EventError> {
    if lyceum_kit::erasure::is_erased(user_id)? {
        return Ok(());
    }
    seen::follows(enrollment_id, received)?;
    let learning = Learning::of(user_id, course_id)?.filter(|learning| learning.outline().is_some());
    let transaction = match &learning {
        Some(learning) => learning.write(received.begin()).map_err(|problem| later(&problem))?,
        // The version was not heard of yet: the tick looks until it is.
        None => received.begin().execute(due::of(enrollment_id, clock::now())),
    };
    transaction.commit()?;
    cache::forget(user_id, course_id);
    Ok(())
}
