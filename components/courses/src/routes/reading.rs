//! Who reads what a lesson says.

use lyceum_kit::prelude::*;

use super::seeing::{Edition, Seen};
use crate::domain::lesson::LessonView;
use crate::store::learners;

fn enrolment_required(why: &'static str) -> Problem {
    Problem::forbidden(why).with_code("ENROLLMENT_REQUIRED")
}

/// Who writes a course reads all of it, and everybody a preview. Other lessons are for those who are enrolled and within
/// their dates, once these may be read, and after those that are to be completed before.
pub(super) fn check_reading(seen: &Seen, caller: &Caller, lesson: &LessonView) -> Result<(), Problem> {
    if seen.edits || lesson.preview {
        return Ok(());
    }
    let now = clock::now();
    let Some(learner) = seen.learner else {
        return Err(enrolment_required("Only those who are enrolled in the course read it."));
    };
    if !learner.reads_at(now) {
        return Err(enrolment_required("Your enrolment has not begun yet, or is over."));
    }
    if !lesson.is_available_at(now) {
        let problem = Problem::forbidden("This lesson is not available at this time.");
        return Err(problem.with_code("LESSON_NOT_AVAILABLE"));
    }
    let Edition::Version(version) = seen.edition else { return Ok(()) };
    if lesson.prerequisites.is_empty() {
        return Ok(());
    }
    let open = learners::not_completed(seen.course.id, version, caller.user_id, &lesson.prerequisites)?;
    if open.is_empty() {
        return Ok(());
    }
    let problem = Problem::forbidden("Other lessons are to be completed before.");
    Err(open.into_iter().fold(problem.with_code("LESSON_PREREQUISITES"), |problem, id| {
        let missing = Violation::new("NOT_COMPLETED", "Complete this lesson before.");
        problem.with_violation(missing.at(format!("/lessons/{id}")))
    }))
}
