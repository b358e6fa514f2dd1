//! What a client is told of a refusal.

use lyceum_kit::prelude::*;

use crate::domain::{Missing, Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotOpen => Self::conflict(
                "COURSE_NOT_OPEN",
                "Nobody begins this course: it isn't published, or archived.",
            ),
            Refusal::NotBySelf => Self::conflict(
                "SELF_ENROLLMENT_OFF",
                "In this course people are enrolled by its instructors, or with an invitation.",
            ),
            Refusal::TooEarly(at) => Self::conflict(
                "ENROLLMENT_NOT_OPEN_YET",
                format!("People enrol in this course from {at} on."),
            ),
            Refusal::TooLate(at) => {
                Self::conflict("ENROLLMENT_CLOSED", format!("People enrolled in this course until {at}."))
            }
            Refusal::NoPayments => Self::conflict(
                "PAYMENTS_NOT_AVAILABLE",
                "This course costs something, and no payments are taken here at present.",
            ),
            Refusal::Full => Self::conflict("COURSE_FULL", "All places of this course are taken."),
            Refusal::Prerequisites(missing) => {
                let names: Vec<String> = missing.iter().map(name).collect();
                let detail = format!("To be completed before: {}.", names.join(", "));
                let problem = Self::conflict("PREREQUISITES_MISSING", detail);
                missing.iter().fold(problem, |problem, missing| {
                    let message = format!("Complete {} first.", name(missing));
                    let violation = Violation::new("NOT_COMPLETED", message);
                    problem.with_violation(violation.at(format!("/prerequisites/{}", missing.course_id)))
                })
            }
        }
    }
}

fn name(missing: &Missing) -> String {
    missing
        .title
        .as_ref()
        .map_or_else(|| format!("the course {}", missing.course_id), |title| format!("\"{title}\""))
}
