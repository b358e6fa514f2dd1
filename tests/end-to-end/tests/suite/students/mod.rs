//! What is written down about students.

pub(crate) mod keeping;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        keeping {
            everywhere: staff_write_what_students_see;
        }
    }
}
