//! What learners do, reach and earn.

pub(crate) mod grading;
pub(crate) mod learning;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        grading {
            everywhere: a_learner_is_tested_hands_work_in_and_is_graded;
        }
        learning {
            everywhere: a_learner_completes_a_course_and_has_a_certificate;
        }
    }
}
