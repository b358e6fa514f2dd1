//! What a client is told of a refusal.

use lyceum_kit::prelude::*;
use lyceum_kit::violation::FieldViolation;

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
                let names: Vec<String> = missing.iter().map(wanted).collect();
                let detail = format!("Before comes: {}.", names.join(", "));
                let problem = Self::conflict("PREREQUISITES_MISSING", detail);
                missing.iter().fold(problem, |problem, missing| problem.with_violation(violation(missing)))
            }
        }
    }
}

fn wanted(missing: &Missing) -> String {
    match missing {
        Missing::Course { title: Some(title), .. } => format!("\"{title}\""),
        Missing::Course { course_id, title: None } => format!("the course {course_id}"),
        Missing::Competency { required, .. } => {
            format!("the competency \"{}\" at level {}", required.competency_name, required.level)
        }
    }
}

fn violation(missing: &Missing) -> FieldViolation {
    match missing {
        Missing::Course { course_id, .. } => {
            let message = format!("Complete {} first.", wanted(missing));
            Violation::new("NOT_COMPLETED", message).at(format!("/prerequisites/{course_id}"))
        }
        Missing::Competency { required, reached } => {
            let message = format!("Acquire {} first; you are at {reached}.", wanted(missing));
            let pointer = format!("/required_competencies/{}", required.competency_id);
            Violation::new("NOT_ACQUIRED", message).at(pointer)
        }
    }
}
