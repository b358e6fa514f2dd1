//! Enrolments: places, queues, and what becomes of them as it happens.

pub(crate) mod places;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        places {
            everywhere: a_place_is_given_to_who_comes_first_and_then_to_who_waits;
        }
    }
}
