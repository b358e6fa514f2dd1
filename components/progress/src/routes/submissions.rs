//! What people hand in for assignments.

mod comments;
mod extensions;
mod grading;
mod handing;
mod of_course;

use lyceum_kit::prelude::*;

use super::UPDATE;
use super::seeing::gives;
use crate::domain::submissions::{NotTaken, Submission};
use crate::store::{seen, submissions};

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(handing::list))
        .add(Access::SignedIn, route!(handing::begin))
        .add(Access::SignedIn, route!(handing::show))
        .add(Access::SignedIn, route!(handing::change))
        .add(Access::Permission(UPDATE), route!(grading::grade))
        .add(Access::SignedIn, route!(comments::list))
        .add(Access::SignedIn, route!(comments::add))
        .add(Access::SignedIn, route!(extensions::show))
        .add(Access::Permission(UPDATE), route!(extensions::put))
        .add(Access::Permission(UPDATE), route!(extensions::remove))
        .add(Access::Permission(UPDATE), route!(of_course::list))
}

fn missing() -> Problem {
    Problem::not_found("There is no such submission.")
}

fn no_assignment() -> Problem {
    Problem::not_found("There is no such assignment.")
}

fn tag(submission: &Submission) -> EntityTag {
    EntityTag::of_version(submission.version)
}

fn shown(submission: &Submission) -> Response {
    tagged(&tag(submission), Json(submission.clone()))
}

fn not_taken(why: NotTaken) -> Problem {
    match why {
        NotTaken::NotOpen => Problem::conflict("ASSIGNMENT_NOT_OPEN", "The assignment opens later."),
        NotTaken::Closed => Problem::conflict("ASSIGNMENT_CLOSED", "Nothing is taken any more."),
        NotTaken::Late => {
            Problem::conflict("SUBMISSION_LATE", "It was due before, and nothing is taken late.")
        }
    }
}

/// A submission, if the caller is its learner or gives the course; or else 404. Whether they grade it, too.
fn see(
    caller: &Caller,
    (subject, assignment_id, id): (Subject, Uuid, Uuid),
) -> Result<(Submission, bool), Problem> {
    let user_id = subject.of(caller);
    let submission = submissions::find(user_id, assignment_id, id)?.ok_or_else(missing)?;
    let grades = gives(caller, seen::course_by_id(submission.course_id)?.as_ref());
    if user_id != caller.user_id && !grades && !caller.owns(user_id) {
        return Err(missing());
    }
    Ok((submission, grades && user_id != caller.user_id))
}
