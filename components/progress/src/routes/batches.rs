//! What a device did while it was offline.

use std::collections::BTreeSet;

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lessons::shown;
use super::seeing::{self, by_result, missing};
use crate::domain::Status;
use crate::domain::course::LessonProgress;
use crate::domain::lesson::{LessonFields, Update};
use crate::learning::{Learning, needs_result};

const UPDATES: usize = 200;
const COURSES: usize = 10;

/// What a device did, in any order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// 1 to 200, in at most ten courses.
    #[serde(default)]
    updates: Vec<BatchUpdate>,
}

/// An update of one lesson, as that of one alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchUpdate {
    course_id: Uuid,
    lesson_id: Uuid,
    status: Option<Status>,
    #[schema(minimum = 0, maximum = 100)]
    percent_complete: Option<f64>,
    /// Seconds that were spent in this lesson on this device, all in all.
    #[schema(minimum = 0, maximum = 36_000_000)]
    time_spent: Option<i64>,
    #[schema(minimum = 0)]
    last_position: Option<i64>,
    occurred_at: Option<Timestamp>,
    device_id: Option<String>,
}

impl BatchUpdate {
    fn checked(self, now: Timestamp) -> Result<(Uuid, Uuid, Update), Invalid> {
        let Self { course_id, lesson_id, status, percent_complete, time_spent, last_position, .. } = self;
        let Self { occurred_at, device_id, .. } = self;
        let fields =
            LessonFields { status, percent_complete, time_spent, last_position, occurred_at, device_id };
        Ok((course_id, lesson_id, fields.checked(now)?))
    }
}

/// What became of an update.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchResult {
    course_id: Uuid,
    lesson_id: Uuid,
    /// Whether it is part of what is known now.
    merged: bool,
    /// Why not, such as `NOT_ENROLLED`, `UNKNOWN_LESSON` or `COMPLETED_BY_RESULT`: it isn't to be sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
}

/// What a batch came to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Merged {
    /// In the order of the updates.
    results: Vec<BatchResult>,
    /// The lessons that were named, as they are now.
    lessons: Vec<LessonProgress>,
}

/// Merges what a device did while it was offline.
///
/// The batch may come late, twice, in parts and in any order: the result is the same. `occurred_at` says when each thing was done, by which
/// it is judged whether the enrolment was open; without it, now counts. An update that can't be merged is named, and holds no other up.
#[utoipa::path(post, path = "/api/v1/progress/users/{user_id}/batches", request_body = Batch,
    params(("user_id" = String, Path, description = "`me` or a user id")),
    responses(
        (status = 200, body = Merged),
        (status = 404, description = "It is somebody else's"),
        (status = 503, description = "What there is to learn was not heard of yet: send it again"),
    ))]
pub(super) async fn merge(
    context: Context,
    caller: Caller,
    Path(user): Path<Subject>,
    ValidJson(Batch { updates }): ValidJson<Batch>,
) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let updates = checked(updates)?;
    again(|| {
        let mut learnings = Vec::new();
        for course_id in updates.iter().map(|(course_id, ..)| *course_id).collect::<BTreeSet<_>>() {
            let learning = Learning::of(user_id, course_id)?;
            learnings.push((course_id, learning.map(seeing::known).transpose()?));
        }
        let mut results = Vec::new();
        for (course_id, lesson_id, update) in &updates {
            let learning = learnings.iter_mut().find(|(id, _)| id == course_id);
            let merged = learning
                .map_or_else(|| Err(missing()), |(_, learning)| one(learning.as_mut(), *lesson_id, update));
            results.push(BatchResult {
                course_id: *course_id,
                lesson_id: *lesson_id,
                merged: merged.is_ok(),
                error_code: merged.err().map(|problem| problem.code().to_owned()),
            });
        }
        let mut transaction = context.begin();
        let mut lessons = Vec::new();
        for (course_id, learning) in &learnings {
            let Some(learning) = learning else { continue };
            let named = updates.iter().filter(|(id, ..)| id == course_id).map(|(_, lesson_id, _)| *lesson_id);
            for lesson_id in named.collect::<BTreeSet<_>>() {
                let found = learning.outline().and_then(|outline| outline.find(lesson_id));
                lessons.extend(found.map(|(module_id, lesson)| shown(learning, module_id, lesson)));
            }
            transaction = learning.write(transaction)?;
        }
        let answer = transaction.respond(Json(Merged { results, lessons })).commit()?;
        for learning in learnings.iter().filter_map(|(_, learning)| learning.as_ref()) {
            learning.follow_up(&context);
        }
        Ok(answer)
    })
}

fn checked(updates: Vec<BatchUpdate>) -> Result<Vec<(Uuid, Uuid, Update)>, Problem> {
    let mut valid = Validation::new();
    let few = (1..=UPDATES).contains(&updates.len());
    valid.check("/updates", few, "OUT_OF_RANGE", "Must be 1 to 200.");
    let courses: BTreeSet<Uuid> = updates.iter().map(|update| update.course_id).collect();
    valid.check("/updates", courses.len() <= COURSES, "TOO_MANY", "At most ten courses.");
    valid.finish()?;
    let (now, mut wrong) = (clock::now(), Vec::new());
    let mut found = Vec::new();
    for (at, update) in updates.into_iter().enumerate() {
        match update.checked(now) {
            Ok(update) => found.push(update),
            Err(Invalid(violations)) => wrong.extend(violations.into_iter().map(|violation| {
                let pointer = format!("/updates/{at}{}", violation.pointer);
                lyceum_kit::violation::FieldViolation { pointer, ..violation }
            })),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(Problem::invalid(wrong)) }
}

fn one(learning: Option<&mut Learning>, lesson_id: Uuid, update: &Update) -> Result<(), Problem> {
    let not_enrolled = || Problem::conflict("NOT_ENROLLED", "The person doesn't learn there.");
    let learning = learning.ok_or_else(not_enrolled)?;
    seeing::open(&learning.facts.enrollment, update.at())?;
    let outline = learning.outline();
    if outline.and_then(|outline| outline.find(lesson_id)).is_none() {
        return Err(Problem::conflict("UNKNOWN_LESSON", "The version that is learned has no such lesson."));
    }
    if update.completes() && outline.is_some_and(|outline| needs_result(outline, lesson_id)) {
        return Err(by_result());
    }
    learning.update(lesson_id, update);
    Ok(())
}
