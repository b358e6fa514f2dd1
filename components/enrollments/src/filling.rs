//! Places that are free are given to those who wait, in their order.

use lyceum_kit::periodic;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use crate::domain::Enrollment;
use crate::store::{enrollments, places, seen};
use crate::{live, process};

/// So many at once where somebody waits for an answer; the tick does the rest.
pub(crate) const AT_ONCE: usize = 25;
/// So many of one course in a minute.
const BY_TICK: usize = 2_000;

/// Gives what is free in a course to those who are first. Whoever does so at the same moment does part of it: each place is
/// given once, since the count is looked at by the statement that changes it.
pub(crate) fn fill(by: &WithoutOnce, course_id: Uuid, most: usize) -> Result<(), EventError> {
    for _ in 0..most {
        let (settings, counts) = places::of(course_id)?;
        if counts.waiting == 0 || !settings.has_room(counts.taken) {
            return Ok(());
        }
        // Nobody begins a course that isn't open: they wait until it is again.
        let open = seen::course(course_id)?.is_some_and(|course| course.open_version().is_some());
        let Some(first) = enrollments::first_waiting(course_id)?.filter(|_| open) else { return Ok(()) };
        promote(by, &first)?;
    }
    Ok(())
}

fn promote(by: &WithoutOnce, first: &Enrollment) -> Result<(), EventError> {
    let promoted = first.promoted();
    let saga = process::begin(&promoted)?;
    let transaction = by
        .begin()
        .execute(places::promote(promoted.course_id))
        .execute(promoted.update())
        .execute(saga.insert());
    match live::tell(transaction, &promoted).commit() {
        Ok(_) => process::advance(&promoted, saga.id()),
        // Somebody else was quicker.
        Err(TransactionError::Sql(SqlError::Expectation(_))) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The same for all courses, whatever kept a place from being given when it became free.
pub(crate) fn fill_all(by: &WithoutOnce) -> Result<(), EventError> {
    periodic::each(
        |course: &Uuid| format!("giving places of the course {course}"),
        |last| Ok(places::awaited(last.copied(), periodic::BATCH)?),
        |course| fill(by, *course, BY_TICK),
    )
    .map(drop)
}
