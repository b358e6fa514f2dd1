//! What is said of courses, in a sentence or two.

use lyceum_event_types::enrollments::FailureReason;

fn quoted(title: &str) -> String {
    format!("\u{201c}{title}\u{201d}")
}

pub(super) fn confirmed(course: &str, starts_on: Option<&str>) -> String {
    let enrolled = format!("You are enrolled in {}", quoted(course));
    match starts_on {
        None => format!("{enrolled}: you can begin at once."),
        Some(day) => format!("{enrolled}, which begins on {day}."),
    }
}

pub(super) fn failed(course: Option<&str>, reason: FailureReason) -> String {
    let course = course.map_or_else(|| "a course".to_owned(), quoted);
    let why = match reason {
        FailureReason::CourseNotOpen => "it takes nobody at present",
        FailureReason::PrerequisitesMissing => "something that is to be completed before isn't",
        FailureReason::CourseFull => "all places are taken",
        FailureReason::PaymentFailed => "there was no payment",
        FailureReason::TimedOut => "it took too long to decide; please try again",
        FailureReason::Withdrawn => "you withdrew",
    };
    format!("You could not be enrolled in {course}: {why}.")
}

pub(super) fn waitlisted(course: &str) -> String {
    format!(
        "All places of {} are taken. You get the next one that is free and is not somebody's before you.",
        quoted(course)
    )
}

pub(super) fn due_soon(assignment: &str, due: &str) -> String {
    format!("{} is to be handed in by {due}.", quoted(assignment))
}

pub(super) fn earned(achievement: &str) -> String {
    format!("You earned the achievement {}.", quoted(achievement))
}

pub(super) fn certified(course: &str) -> String {
    format!("You completed {}, and your certificate is ready.", quoted(course))
}
