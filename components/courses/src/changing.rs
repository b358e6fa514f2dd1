//! How what holds of a course whatever its version is changed: in its row, in the catalogue, and to be told.

use lyceum_kit::sql::Versioned as _;
use lyceum_kit::violation::Invalid;
use lyceum_kit::{erasure, prelude::*};

use crate::domain::course::Course;
use crate::domain::version::Version;
use crate::events;
use crate::store::{courses, listings, versions};

pub(crate) fn slug_taken() -> Problem {
    Problem::conflict("SLUG_TAKEN", "Another course has this slug.")
}

/// Nobody whose data was erased becomes an instructor again.
pub(crate) fn with_instructors<E>(transaction: Transaction<E>, course: &Course) -> Transaction<E> {
    let ids = course.instructor_ids.0.iter();
    ids.fold(transaction, |transaction, id| {
        transaction.execute(erasure::unless_erased(*id)).on_missing(|| {
            let gone = Violation::new("UNKNOWN_USER", "Somebody of them is not there any more.");
            Invalid(vec![gone.at("/instructor_ids")]).into()
        })
    })
    .execute_all(courses::set_instructors(course))
}

/// Adds the next state of a course that holds whatever its version, in the catalogue, too; and tells of it.
pub(crate) fn changed<E>(transaction: Transaction<E>, course: &Course) -> Result<Transaction<E>, Problem> {
    let latest = latest(course)?;
    let transaction = transaction
        .execute(course.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("courses.slug", slug_taken)
        .execute_all(listings::shown(course, latest.as_ref()));
    Ok(with_instructors(transaction, course).publish(&events::updated(course)))
}

fn latest(course: &Course) -> Result<Option<Version>, SqlError> {
    course.published_version.map_or(Ok(None), |number| versions::version(course.id, number))
}
