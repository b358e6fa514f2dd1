//! What learners do: draft, and hand in.

use lyceum_kit::again::again;
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;

use super::{missing, no_assignment, not_taken, see, shown, tag};
use crate::domain::grading::assignment::Assignment;
use crate::domain::submissions::{Dates, Submission, SubmissionStatus, Work};
use crate::grading::definitions::{self, Which};
use crate::grading::handing;
use crate::routes::seeing::{gives, open};
use crate::store::submissions::OfPerson;
use crate::store::{definitions as known, seen, submissions};

fn address(submission: &Submission) -> String {
    let Submission { user_id, assignment_id, id, .. } = submission;
    format!("/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{id}")
}

/// Lists somebody's submissions for an assignment, in their order.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("assignment_id" = Uuid, Path),
        ListQuery<OfPerson>),
    operation_id = "list_submissions", responses(
        (status = 200, body = Listed<Submission>),
        (status = 404, description = "The caller sees no submissions of this person there"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path((subject, assignment_id)): Path<(Subject, Uuid)>,
    query: ListQuery<OfPerson>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    if !caller.owns(user_id) {
        let course =
            known::course_of(assignment_id, "assignment")?.map(seen::course_by_id).transpose()?.flatten();
        if !gives(&caller, course.as_ref()) {
            return Err(no_assignment());
        }
    }
    let scope = Scope::all().equal("user_id", user_id).equal("assignment_id", assignment_id);
    query.answer_within(&scope, std::convert::identity)
}

/// With this content; handed in if that says so.
fn next(submission: &Submission, work: Work, assignment: &Assignment) -> Result<Submission, Problem> {
    let submit = work.submit;
    let next = submission.with(work);
    let extension = submissions::extension(submission.user_id, assignment.id)?;
    let dates = Dates::of(assignment, extension.as_ref());
    if submit {
        return next.handed_in(assignment, &dates).map_err(not_taken);
    }
    dates.take(assignment, clock::now()).map_err(not_taken)?;
    Ok(next)
}

fn draft_exists() -> Problem {
    Problem::conflict("DRAFT_EXISTS", "There is a draft: change it, or hand it in.")
}

/// Begins a submission for an assignment of the course that the caller learns in: a draft, or handed in at once with `submit`. There is one draft at
/// a time, and once something was handed in, as many more as the assignment allows resubmissions.
#[utoipa::path(post, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions",
    params(("user_id" = String, Path, description = "The caller's user id, or `me`"), ("assignment_id" = Uuid, Path)),
    operation_id = "begin_submission", request_body = Work, responses(
        (status = 201, body = Submission),
        (status = 404, description = "The caller learns in no course with such an assignment"),
        (status = 409, description = "`ASSIGNMENT_NOT_OPEN`, `ASSIGNMENT_CLOSED`, `SUBMISSION_LATE`, `DRAFT_EXISTS`, \
            `NO_RESUBMISSIONS_LEFT`; or the enrolment isn't open"),
    ))]
pub(super) async fn begin(
    context: Context,
    caller: Caller,
    Path((subject, assignment_id)): Path<(Subject, Uuid)>,
    ValidJson(work): ValidJson<Work>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    if user_id != caller.user_id {
        return Err(no_assignment());
    }
    let (enrollment, place) =
        known::place(user_id, assignment_id, "assignment")?.ok_or_else(no_assignment)?;
    open(&enrollment, clock::now())?;
    let assignment = definitions::assignment(&context.without_once(), Which::at(&place, assignment_id))?;
    let work = work.checked(&assignment)?;
    again(|| {
        let before = submissions::of_person(user_id, assignment_id)?;
        if before.iter().any(|submission| submission.status == SubmissionStatus::Draft) {
            return Err(draft_exists());
        }
        if i64::try_from(before.len()).unwrap_or(i64::MAX) > assignment.resubmissions {
            return Err(Problem::conflict("NO_RESUBMISSIONS_LEFT", "Nothing else may be handed in."));
        }
        let number = before.last().map_or(1, |last| last.number + 1);
        let begun = Submission::begin(user_id, place, &assignment, number);
        let submission = next(&begun, work.clone(), &assignment)?;
        handing::write(context.begin(), &submission)
            .on_unique("submissions.user_id,assignment_id", draft_exists)
            .respond(created(&address(&submission), shown(&submission)))
            .commit()
    })
}

/// Shows a submission: to its learner, and to those who give the course.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{submission_id}",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("assignment_id" = Uuid, Path), ("submission_id" = Uuid, Path)),
    operation_id = "show_submission", responses(
        (status = 200, body = Submission),
        (status = 404, description = "The caller sees no such submission"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
) -> Result<Response, Problem> {
    see(&caller, which).map(|(submission, _)| shown(&submission))
}

/// Changes a draft, or hands it in with `submit`. What was handed in isn't changed any more.
#[utoipa::path(put, path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{submission_id}",
    params(("user_id" = String, Path, description = "The caller's user id, or `me`"), ("assignment_id" = Uuid, Path),
        ("submission_id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    operation_id = "change_submission", request_body = Work, responses(
        (status = 200, body = Submission),
        (status = 403, description = "It is somebody else's"),
        (status = 404, description = "The caller sees no such submission"),
        (status = 409, description = "`SUBMITTED`, `ASSIGNMENT_CLOSED`, `SUBMISSION_LATE`; or the enrolment isn't open"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(work): ValidJson<Work>,
) -> Result<Response, Problem> {
    let (submission, _) = see(&caller, which)?;
    if submission.user_id != caller.user_id {
        return Err(Problem::forbidden("Only its learner changes a submission."));
    }
    if_match.check(&tag(&submission))?;
    if submission.status != SubmissionStatus::Draft {
        return Err(Problem::conflict("SUBMITTED", "It was handed in."));
    }
    let (enrollment, _) =
        known::place(submission.user_id, submission.assignment_id, "assignment")?.ok_or_else(missing)?;
    open(&enrollment, clock::now())?;
    let assignment = definitions::assignment(&context.without_once(), handing::which(&submission))?;
    let changed = next(&submission, work.checked(&assignment)?, &assignment)?;
    let transaction = handing::write(context.begin(), &changed);
    transaction.respond(shown(&changed)).commit().map_err(|problem| {
        let quicker = problem.code() == Problem::changed_meanwhile().code();
        if quicker { Problem::precondition_failed() } else { problem }
    })
}
