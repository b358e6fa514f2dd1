//! Attempts at quizzes.

mod grading;
mod of_course;
mod taking;

use lyceum_kit::prelude::*;

use super::UPDATE;
use super::seeing::gives;
use crate::domain::attempts::Attempt;
use crate::domain::grading::quiz::Quiz;
use crate::grading::definitions;
use crate::grading::taking::which;
use crate::store::{attempts, seen};

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(taking::list))
        .add(Access::SignedIn, route!(taking::begin))
        .add(Access::SignedIn, route!(taking::show))
        .add(Access::SignedIn, route!(taking::save))
        .add(Access::SignedIn, route!(taking::submit))
        .add(Access::Permission(UPDATE), route!(grading::mark))
        .add(Access::Permission(UPDATE), route!(of_course::list))
}

fn missing() -> Problem {
    Problem::not_found("There is no such attempt.")
}

/// An attempt that the caller sees.
struct Seen {
    attempt: Attempt,
    quiz: Quiz,
    /// Whether they give the course.
    grades: bool,
}

/// An attempt, if the caller is its learner or gives the course; or else 404.
fn see(
    context: &Context,
    caller: &Caller,
    (subject, quiz_id, id): (Subject, Uuid, Uuid),
) -> Result<Seen, Problem> {
    let user_id = subject.of(caller);
    let attempt = attempts::find(user_id, quiz_id, id)?.ok_or_else(missing)?;
    let grades = gives(caller, seen::course_by_id(attempt.course_id)?.as_ref());
    if user_id != caller.user_id && !grades && !caller.owns(user_id) {
        return Err(missing());
    }
    let quiz = definitions::quiz(&context.without_once(), which(&attempt))?;
    // Who learns there is told no more than anybody else who does.
    Ok(Seen { attempt, quiz, grades: grades && user_id != caller.user_id })
}
