//! Answers that are graded by hand.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Seen, missing, see};
use crate::domain::attempts::{AttemptStatus, AttemptView};
use crate::domain::grading::points::Points;
use crate::domain::grading::result::HandMark;
use crate::grading::taking;
use crate::settling;

/// What an answer is worth, by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Marking {
    /// From 0 to the question's.
    points: Points,
    /// What its learner is told: at most 5,000 characters.
    feedback: Option<String>,
}

/// Grades an answer by hand, whatever it was worth before. Once no answer waits any more, the attempt has its score.
#[utoipa::path(put,
    path = "/api/v1/progress/users/{user_id}/quizzes/{quiz_id}/attempts/{attempt_id}/responses/{question_id}",
    params(("user_id" = Uuid, Path), ("quiz_id" = Uuid, Path), ("attempt_id" = Uuid, Path), ("question_id" = String, Path)),
    operation_id = "grade_response", request_body = Marking, responses(
        (status = 200, body = AttemptView),
        (status = 403, description = "It is the caller's own"),
        (status = 404, description = "The caller gives no course with such an attempt, or it has no such question"),
        (status = 409, description = "`ATTEMPT_NOT_COMPLETED`: it wasn't handed in"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn mark(
    context: Context,
    caller: Caller,
    Path((subject, quiz_id, id, question_id)): Path<(Subject, Uuid, Uuid, String)>,
    conditions: Conditions,
    ValidJson(Marking { points, feedback }): ValidJson<Marking>,
) -> Result<Response, Problem> {
    let mut place = None;
    let answer = again(|| {
        let Seen { attempt, quiz, grades } = see(&context, &caller, (subject, quiz_id, id))?;
        if !grades {
            return Err(Problem::forbidden(
                "Only those who give the course grade, and nobody grades their own.",
            ));
        }
        let tag = EntityTag::of_version(attempt.version);
        conditions.check(&tag)?;
        if attempt.status != AttemptStatus::Completed {
            return Err(Problem::conflict("ATTEMPT_NOT_COMPLETED", "It wasn't handed in."));
        }
        let mark = HandMark { points, feedback: feedback.clone(), graded_at: clock::now() };
        let marked = attempt.with_mark(&quiz, &question_id, mark).ok_or_else(missing)??;
        place = Some((marked.user_id, marked.course_id));
        let shown = tagged(&EntityTag::of_version(marked.version), Json(AttemptView::brief(&marked)));
        taking::write(context.begin(), &marked, &quiz)?.respond(shown).commit()
    })?;
    if let Some((user_id, course_id)) = place {
        settling::settle_now(&context, user_id, course_id);
    }
    Ok(answer)
}
