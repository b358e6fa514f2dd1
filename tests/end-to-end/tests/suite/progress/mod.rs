//! What learners do, reach and earn.

pub(crate) mod learning;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        learning {
            everywhere: a_learner_completes_a_course_and_has_a_certificate;
        }
    }
}
