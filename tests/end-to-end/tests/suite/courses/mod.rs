//! Courses and the catalogue.

pub(crate) mod teaching;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        teaching {
            everywhere: a_course_is_written_published_and_found;
        }
    }
}
