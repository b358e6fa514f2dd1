//! How far somebody is in a module.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use super::lessons::shown as lesson;
use super::seeing::{self, known, learner, own};
use crate::domain::Status;
use crate::domain::counts::{LessonCounts, percent_of};
use crate::domain::course::ModuleProgress;
use crate::domain::lesson::Update;
use crate::domain::outline::item;
use crate::learning::Learning;

type Place = (Subject, Uuid, Uuid);

fn no_module() -> Problem {
    Problem::not_found("The version that is learned has no such module.")
}

fn shown(learning: &Learning, module_id: Uuid) -> Result<ModuleProgress, Problem> {
    let module = learning.outline().and_then(|outline| outline.module(module_id)).ok_or_else(no_module)?;
    let (states, row) = (&learning.facts.states, &learning.facts.row);
    let own = || module.lessons.iter().filter_map(|lesson| states.get(&lesson.lesson_id));
    let counts = LessonCounts::of(&module.lessons, states);
    let completed = own().filter_map(|state| state.completed_at).max();
    let started_at = own().map(|state| state.started_at).min();
    Ok(ModuleProgress {
        user_id: row.user_id,
        course_id: row.course_id,
        module_id,
        status: Status::of(started_at.is_some(), counts.are_complete()),
        percent_complete: percent_of(&module.lessons, states),
        counts,
        started_at,
        completed_at: completed.filter(|_| counts.are_complete()),
        last_activity_at: own().map(|state| state.last_activity_at).max(),
        lessons: module.lessons.iter().map(|one| lesson(learning, module_id, one)).collect(),
    })
}

/// Shows how far somebody is in a module, with its lessons.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/courses/{course_id}/modules/{module_id}",
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path), ("module_id" = Uuid, Path)),
    responses(
        (status = 200, body = ModuleProgress),
        (status = 404, description = "The caller sees no such progress, or the version has no such module"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((user, course_id, module_id)): Path<Place>,
) -> Result<Response, Problem> {
    let (learning, _) = learner(&caller, user, course_id)?;
    Ok(Json(shown(&known(learning)?, module_id)?).into_response())
}

/// What is said of a module as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ModuleProgressFields)]
pub(super) struct Fields {
    /// `in-progress` begins its first lesson; `completed` completes all but those with a quiz or an assignment.
    #[serde(default)]
    status: Option<Status>,
}

/// Begins a module, or completes its lessons at once.
#[utoipa::path(put, path = "/api/v1/progress/users/{user_id}/courses/{course_id}/modules/{module_id}", request_body = Fields,
    params(("user_id" = String, Path, description = "`me` or a user id"), ("course_id" = Uuid, Path), ("module_id" = Uuid, Path)),
    responses(
        (status = 200, body = ModuleProgress),
        (status = 403, description = "Only the learner says what they have done"),
        (status = 404, description = "The caller sees no such progress, or the version has no such module"),
        (status = 409, description = "`NOT_ENROLLED`, `ENROLLMENT_NOT_STARTED`, `ENROLLMENT_EXPIRED`"),
        (status = 503, description = "What there is to learn was not heard of yet"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((user, course_id, module_id)): Path<Place>,
    ValidJson(Fields { status }): ValidJson<Fields>,
) -> Result<Response, Problem> {
    again(|| {
        let mut learning = own(&caller, user, course_id)?;
        let now = clock::now();
        seeing::open(&learning.facts.enrollment, now)?;
        let module =
            learning.outline().and_then(|outline| outline.module(module_id)).ok_or_else(no_module)?;
        let lessons = module.lessons.clone();
        match status {
            None | Some(Status::NotStarted) => {}
            Some(Status::InProgress) => {
                let first = lessons.first().filter(|first| learning.state(first.lesson_id).is_none());
                if let Some(first) = first {
                    learning.update(first.lesson_id, &Update::beginning(now));
                }
            }
            Some(Status::Completed) => {
                for lesson in lessons.iter().filter(|lesson| item(lesson).is_none()) {
                    let state = learning.state(lesson.lesson_id);
                    if state.is_none_or(|state| state.completed_at.is_none()) {
                        learning.update(lesson.lesson_id, &Update::completing(now));
                    }
                }
            }
        }
        let answer = Json(shown(&learning, module_id)?);
        let answer = learning.write(context.begin())?.respond(answer).commit()?;
        learning.follow_up(&context);
        Ok(answer)
    })
}
