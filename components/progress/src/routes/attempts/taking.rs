//! What learners do: begin an attempt, save answers, hand it in.

use lyceum_kit::again::again;
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use lyceum_kit::{erasure, random};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Seen, see};
use crate::domain::attempts::{Attempt, AttemptStatus, AttemptView};
use crate::domain::grading::answer::Answer;
use crate::domain::grading::quiz::Quiz;
use crate::grading::definitions::{self, Which};
use crate::grading::taking;
use crate::routes::seeing::{gives, open};
use crate::settling;
use crate::store::attempts::OfPerson;
use crate::store::{attempts, definitions as known, seen};

fn no_quiz() -> Problem {
    Problem::not_found("There is no such quiz.")
}

fn tag(attempt: &Attempt) -> EntityTag {
    EntityTag::of_version(attempt.version)
}

fn address(attempt: &Attempt) -> String {
    let Attempt { user_id, quiz_id, id, .. } = attempt;
    format!("/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts/{id}")
}

fn shown(attempt: &Attempt) -> Response {
    tagged(&tag(attempt), Json(AttemptView::brief(attempt)))
}

/// Lists somebody's attempts at a quiz, in their order.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("quiz_id" = Uuid, Path), ListQuery<OfPerson>),
    operation_id = "list_attempts", responses(
        (status = 200, body = Listed<AttemptView>),
        (status = 404, description = "The caller sees no attempts of this person there"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path((subject, quiz_id)): Path<(Subject, Uuid)>,
    query: ListQuery<OfPerson>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    if !caller.owns(user_id) {
        let course = known::course_of(quiz_id, "quiz")?.map(seen::course_by_id).transpose()?.flatten();
        if !gives(&caller, course.as_ref()) {
            return Err(no_quiz());
        }
    }
    let scope = Scope::all().equal("user_id", user_id).equal("quiz_id", quiz_id);
    query.answer_within(&scope, |attempt| AttemptView::brief(&attempt))
}

/// Fails unless an attempt may be begun after those.
fn may_begin(quiz: &Quiz, before: &[Attempt], now: Timestamp) -> Result<(), Problem> {
    if quiz.opens_at.is_some_and(|opens_at| now < opens_at) {
        return Err(Problem::conflict("QUIZ_NOT_OPEN", "The quiz opens later."));
    }
    if quiz.closes_at.is_some_and(|closes_at| closes_at <= now) {
        return Err(Problem::conflict("QUIZ_CLOSED", "The quiz is closed."));
    }
    if before.iter().any(|attempt| attempt.status == AttemptStatus::InProgress) {
        return Err(in_progress());
    }
    let allowed = usize::try_from(quiz.attempts_allowed).unwrap_or(usize::MAX);
    if allowed > 0 && before.len() >= allowed {
        return Err(Problem::conflict("NO_ATTEMPTS_LEFT", "All attempts that there are were made."));
    }
    Ok(())
}

fn in_progress() -> Problem {
    Problem::conflict("ATTEMPT_IN_PROGRESS", "Another attempt is in progress: hand it in first.")
}

/// Begins an attempt at a quiz of the course that the caller learns in. Questions are drawn and put in order for this attempt alone; read it
/// to get them. There is one attempt at a time.
#[utoipa::path(post, path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts",
    params(("user_id" = String, Path, description = "The caller's user id, or `me`"), ("quiz_id" = Uuid, Path)),
    operation_id = "begin_attempt", responses(
        (status = 201, body = AttemptView),
        (status = 404, description = "The caller learns in no course with such a quiz"),
        (status = 409, description = "`QUIZ_NOT_OPEN`, `QUIZ_CLOSED`, `ATTEMPT_IN_PROGRESS`, `NO_ATTEMPTS_LEFT`; or the \
            enrolment isn't open"),
    ))]
pub(super) async fn begin(
    context: Context,
    caller: Caller,
    Path((subject, quiz_id)): Path<(Subject, Uuid)>,
) -> Result<Response, Problem> {
    let user_id = subject.of(&caller);
    if user_id != caller.user_id {
        return Err(no_quiz());
    }
    let (enrollment, place) = known::place(user_id, quiz_id, "quiz")?.ok_or_else(no_quiz)?;
    let now = clock::now();
    open(&enrollment, now)?;
    let quiz = definitions::quiz(&context.without_once(), Which::at(&place, quiz_id))?;
    let seed = i64::from_le_bytes(random::bytes()?);
    again(|| {
        let mut before = attempts::of_person(user_id, quiz_id)?;
        let over = before.iter().find(|one| one.status == AttemptStatus::InProgress && one.is_over(now));
        if let Some(over) = over {
            taking::hand_in(&context.without_once(), over)?;
            before = attempts::of_person(user_id, quiz_id)?;
        }
        may_begin(&quiz, &before, now)?;
        let number = before.last().map_or(1, |last| last.number + 1);
        let attempt = Attempt::begin(user_id, place, &quiz, number, seed);
        context
            .begin()
            .execute(attempt.insert())
            .on_unique("attempts.user_id,quiz_id", in_progress)
            .on_unique("attempts.user_id,quiz_id,number", Problem::changed_meanwhile)
            .execute(erasure::unless_erased(user_id))
            .respond(created(&address(&attempt), shown(&attempt)))
            .commit()
    })
}

/// Shows an attempt with its questions and answers: to its learner, and to those who give the course. Which answers are right, a learner is
/// told when the quiz says so.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts/{attempt_id}",
    params(("user_id" = String, Path, description = "A user id, or `me`"), ("quiz_id" = Uuid, Path), ("attempt_id" = Uuid, Path)),
    operation_id = "show_attempt", responses(
        (status = 200, body = AttemptView),
        (status = 404, description = "The caller sees no such attempt"),
    ))]
pub(super) async fn show(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let Seen { attempt, quiz, grades } = see(&context, &caller, which)?;
    Ok(tagged(&tag(&attempt), Json(AttemptView::whole(&attempt, &quiz, grades))))
}

/// What is saved of an attempt.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Saving {
    /// All answers, in whatever order: they take the place of those that were saved before.
    answers: Vec<Answer>,
}

/// The learner's own attempt that is in progress; one whose time is over is handed in as it stands, which is 409.
fn own(context: &Context, caller: &Caller, which: (Subject, Uuid, Uuid)) -> Result<(Attempt, Quiz), Problem> {
    let Seen { attempt, quiz, .. } = see(context, caller, which)?;
    if attempt.user_id != caller.user_id {
        return Err(Problem::forbidden("Only its learner answers."));
    }
    Ok((attempt, quiz))
}

fn over() -> Problem {
    Problem::conflict("ATTEMPT_OVER", "The attempt is not in progress any more.")
}

fn check_open(context: &Context, attempt: &Attempt) -> Result<(), Problem> {
    if attempt.status != AttemptStatus::InProgress {
        return Err(over());
    }
    if attempt.is_over(clock::now()) || taking::is_left(attempt)? {
        taking::hand_in(&context.without_once(), attempt)?;
        settling::settle_now(context, attempt.user_id, attempt.course_id);
        return Err(over());
    }
    Ok(())
}

/// Saves the answers of an attempt that is in progress. Once its time and the grace are over, it is handed in with those that were
/// saved until then.
#[utoipa::path(put, path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts/{attempt_id}",
    params(("user_id" = String, Path, description = "The caller's user id, or `me`"), ("quiz_id" = Uuid, Path),
        ("attempt_id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    operation_id = "save_attempt", request_body = Saving, responses(
        (status = 200, body = AttemptView),
        (status = 404, description = "The caller has no such attempt"),
        (status = 409, description = "`ATTEMPT_OVER`: it was handed in, or its time or the enrolment is over"),
    ))]
pub(super) async fn save(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(Saving { answers }): ValidJson<Saving>,
) -> Result<Response, Problem> {
    let (attempt, quiz) = own(&context, &caller, which)?;
    if_match.check(&tag(&attempt))?;
    check_open(&context, &attempt)?;
    let saved = attempt.saved(&quiz, answers)?;
    context
        .begin()
        .execute(saved.update())
        .on_missing(Problem::precondition_failed)
        .execute(erasure::unless_erased(saved.user_id))
        .respond(shown(&saved))
        .commit()
}

/// Hands an attempt in with the answers that are saved. What needs nobody is graded at once; essays wait for an instructor, and the score
/// with them.
#[utoipa::path(post, path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts/{attempt_id}/submit",
    params(("user_id" = String, Path, description = "The caller's user id, or `me`"), ("quiz_id" = Uuid, Path), ("attempt_id" = Uuid, Path)),
    operation_id = "submit_attempt", responses(
        (status = 200, body = AttemptView),
        (status = 404, description = "The caller has no such attempt"),
        (status = 409, description = "`ATTEMPT_OVER`: it was handed in, or its time or the enrolment is over"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn submit(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let mut place = None;
    let answer = again(|| {
        let (attempt, quiz) = own(&context, &caller, which)?;
        conditions.check(&tag(&attempt))?;
        check_open(&context, &attempt)?;
        place = Some((attempt.user_id, attempt.course_id));
        let handed_in = attempt.handed_in(&quiz);
        taking::write(context.begin(), &handed_in, &quiz)?.respond(shown(&handed_in)).commit()
    })?;
    if let Some((user_id, course_id)) = place {
        settling::settle_now(&context, user_id, course_id);
    }
    Ok(answer)
}
