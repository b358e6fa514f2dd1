//! How far somebody is in a lesson.

use lyceum_event_types::courses::PublishedLesson;
use lyceum_kit::again::again;
use lyceum_kit::prelude::*;

use super::seeing::{self, by_result, known, learner, own};
use crate::domain::Status;
use crate::domain::course::LessonProgress;
use crate::domain::lesson::{LessonFields, LessonState, Update};
use crate::learning::{Learning, needs_result};

type Place = (Subject, Uuid, Uuid, Uuid);

fn no_lesson() -> Problem {
    Problem::not_found("The version that is learned has no such lesson.")
}

/// A lesson of a module as it is shown.
pub(super) fn shown(learning: &Learning, module_id: Uuid, lesson: &PublishedLesson) -> LessonProgress {
    let state = learning.state(lesson.lesson_id);
    LessonProgress {
        user_id: learning.facts.row.user_id,
        course_id: learning.facts.row.course_id,
        module_id,
        lesson_id: lesson.lesson_id,
        kind: lesson.kind.clone(),
        status: state.map_or(Status::NotStarted, LessonState::status),
        percent_complete: state.map(|state| state.percent).unwrap_or_default(),
        time_spent: state.map_or(0, LessonState::time_spent),
        last_position: state.and_then(|state| state.position.as_ref()).map(|position| position.value),
        started_at: state.map(|state| state.started_at),
        completed_at: state.and_then(|state| state.completed_at),
        last_activity_at: state.map(|state| state.last_activity_at),
    }
}

fn find(learning: &Learning, module_id: Uuid, lesson_id: Uuid) -> Result<&PublishedLesson, Problem> {
    learning.outline().and_then(|outline| outline.lesson(module_id, lesson_id)).ok_or_else(no_lesson)
}

/// Shows how far somebody is in a lesson.
#[utoipa::path(get,
    path = "/api/v1/progress/users/{user_id}/courses/{course_id}/modules/{module_id}/lessons/{lesson_id}",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path),
        ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path)),
    responses(
        (status = 200, body = LessonProgress),
        (status = 404, description = "The caller sees no such progress, or the version has no such lesson"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((user, course_id, module_id, lesson_id)): Path<Place>,
) -> Result<Response, Problem> {
    let (learning, _) = learner(&caller, user, course_id)?;
    let learning = known(learning)?;
    let lesson = find(&learning, module_id, lesson_id)?;
    Ok(Json(shown(&learning, module_id, lesson)).into_response())
}

/// Says how far the learner is in a lesson.
///
/// What several devices say is merged: percent and times never fall, what is completed stays so, and the newest position counts. So the
/// same may be sent again, late, and in any order.
#[utoipa::path(put,
    path = "/api/v1/progress/users/{user_id}/courses/{course_id}/modules/{module_id}/lessons/{lesson_id}",
    request_body = LessonFields,
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path),
        ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path)),
    responses(
        (status = 200, body = LessonProgress),
        (status = 403, description = "Only the learner says what they have done"),
        (status = 404, description = "The caller sees no such progress, or the version has no such lesson"),
        (status = 409, description = "`NOT_ENROLLED`, `ENROLLMENT_NOT_STARTED`, `ENROLLMENT_EXPIRED`; `COMPLETED_BY_RESULT`: a lesson with a quiz or an assignment"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(place): Path<Place>,
    ValidJson(fields): ValidJson<LessonFields>,
) -> Result<Response, Problem> {
    let update = fields.checked(clock::now())?;
    merge(&context, &caller, place, &update)
}

/// Completes a lesson.
#[utoipa::path(post,
    path = "/api/v1/progress/users/{user_id}/courses/{course_id}/modules/{module_id}/lessons/{lesson_id}/complete",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path),
        ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path)),
    responses(
        (status = 200, body = LessonProgress),
        (status = 403, description = "Only the learner says what they have done"),
        (status = 404, description = "The caller sees no such progress, or the version has no such lesson"),
        (status = 409, description = "`NOT_ENROLLED`, `ENROLLMENT_NOT_STARTED`, `ENROLLMENT_EXPIRED`; `COMPLETED_BY_RESULT`: a lesson with a quiz or an assignment"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn complete(
    context: Context,
    caller: Caller,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    merge(&context, &caller, place, &Update::completing(clock::now()))
}

fn merge(
    context: &Context,
    caller: &Caller,
    (user, course_id, module_id, lesson_id): Place,
    update: &Update,
) -> Result<Response, Problem> {
    again(|| {
        let mut learning = own(caller, user, course_id)?;
        let lesson = find(&learning, module_id, lesson_id)?.clone();
        let update = seeing::dated(&learning.facts.enrollment, update)?;
        if update.completes() && learning.outline().is_some_and(|outline| needs_result(outline, lesson_id)) {
            return Err(by_result());
        }
        learning.update(lesson_id, &update);
        let answer = Json(shown(&learning, module_id, &lesson));
        let answer = learning.write(context.begin())?.respond(answer).commit()?;
        learning.follow_up(context);
        Ok(answer)
    })
}
