//! Subjects that are taught.

pub(crate) mod teaching;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        teaching {
            everywhere: a_subject_is_made_found_and_deleted_after_what_it_comes_before;
        }
    }
}
