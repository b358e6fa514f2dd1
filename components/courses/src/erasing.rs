//! Who gives a course no more, since their data is erased, is named by it no more.

use lyceum_kit::erasure::Erasure;
use lyceum_kit::prelude::*;

use crate::changing::changed;
use crate::domain::course::Course;
use crate::store::{courses, learners, members, paths, reviews};

/// Courses of one batch.
const BATCH: u16 = 50;
/// So many batches fit into what a subscriber may take.
const BATCHES: usize = 20;

/// Course by course, since each is told; so it may be done again.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let (user_id, by) = (erasure.user_id(), erasure.without_once());
    for _ in 0..BATCHES {
        let given = courses::given_by(user_id, BATCH)?;
        if given.is_empty() {
            return Ok(transaction
                .execute(paths::without_owner(user_id))
                .execute_all(learners::forget(user_id))
                .execute(members::forget(user_id))
                .execute_all(reviews::forget(user_id)));
        }
        for course in given {
            let others = course.instructor_ids.0.iter().copied().filter(|id| *id != user_id);
            let next = Course { instructor_ids: AsJson(others.collect()), ..course.next() };
            changed(by.begin(), &next)
                .map_err(|problem| EventError::unavailable(problem.detail().to_owned()))?
                .commit()?;
        }
    }
    Err(EventError::unavailable("more courses are left than can be changed at one go"))
}
