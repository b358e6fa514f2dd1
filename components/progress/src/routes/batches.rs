//! What a device did while it was offline.

use std::collections::BTreeSet;

use lyceum_kit::again::again;
use lyceum_kit::json::from_value;
use lyceum_kit::prelude::*;
use lyceum_kit::violation::{FieldViolation, Invalid};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// 1 to 200, in at most ten courses. Each is read by itself, so that one that is wrong holds no other up.
    #[serde(default)]
    #[schema(value_type = Vec<BatchUpdate>)]
    updates: Vec<Value>,
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
    fn said(self, now: Timestamp) -> Said {
        let Self { course_id, lesson_id, status, percent_complete, time_spent, last_position, .. } = self;
        let Self { occurred_at, device_id, .. } = self;
        let fields =
            LessonFields { status, percent_complete, time_spent, last_position, occurred_at, device_id };
        let update = fields.checked(now).map_err(|Invalid(violations)| violations);
        Said { course_id: Some(course_id), lesson_id: Some(lesson_id), update }
    }
}

/// An update that was read: of which lesson of which course, and what it says or why it says nothing.
struct Said {
    course_id: Option<Uuid>,
    lesson_id: Option<Uuid>,
    update: Result<Update, Vec<FieldViolation>>,
}

impl Said {
    fn of(value: Value, now: Timestamp) -> Self {
        let id = |name: &str| value.get(name).and_then(Value::as_str).and_then(|id| id.parse().ok());
        // Of what can't be read it is told at least of which lesson it is.
        let (course_id, lesson_id) = (id("course_id"), id("lesson_id"));
        match from_value::<BatchUpdate>(value) {
            Ok(update) => update.said(now),
            Err(problem) => Self { course_id, lesson_id, update: Err(problem.violations().to_vec()) },
        }
    }

    /// What became of it, which its merging came to.
    fn result(&self, merged: &Result<(), Problem>) -> BatchResult {
        let Self { course_id, lesson_id, update } = self;
        let errors = update.as_ref().err().cloned().unwrap_or_default();
        let error_code = merged.as_ref().err().map(|problem| problem.code().to_owned());
        let (course_id, lesson_id) = (*course_id, *lesson_id);
        BatchResult { course_id, lesson_id, merged: error_code.is_none(), error_code, errors }
    }
}

/// What became of an update.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchResult {
    /// Left out if the update doesn't name one.
    #[serde(skip_serializing_if = "Option::is_none")]
    course_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lesson_id: Option<Uuid>,
    /// Whether it is part of what is known now.
    merged: bool,
    /// Why not: `VALIDATION_FAILED`, `NOT_ENROLLED`, `ENROLLMENT_NOT_STARTED`, `ENROLLMENT_EXPIRED`, `UNKNOWN_LESSON` or
    /// `COMPLETED_BY_RESULT`. It isn't to be sent again as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    /// Of `VALIDATION_FAILED`: what is wrong in it, with pointers from the update on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldViolation>,
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
/// it is judged whether the enrolment was open; without it, now counts. An update that can't be read or merged is named, and holds no
/// other up.
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
    let said = read(updates)?;
    let courses: BTreeSet<Uuid> = said.iter().filter_map(|said| said.course_id).collect();
    again(|| {
        let mut learnings = Vec::new();
        for course_id in &courses {
            let learning = Learning::of(user_id, *course_id)?;
            learnings.push((*course_id, learning.map(seeing::known).transpose()?));
        }
        let mut results = Vec::new();
        for said in &said {
            let learning = learnings.iter_mut().find(|(id, _)| Some(*id) == said.course_id);
            let learning = learning.and_then(|(_, learning)| learning.as_mut());
            results.push(said.result(&one(learning, said)));
        }
        let mut transaction = context.begin();
        let mut lessons = Vec::new();
        for (course_id, learning) in &learnings {
            let Some(learning) = learning else { continue };
            let named = said.iter().filter(|said| said.course_id == Some(*course_id));
            for lesson_id in named.filter_map(|said| said.lesson_id).collect::<BTreeSet<_>>() {
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

fn read(updates: Vec<Value>) -> Result<Vec<Said>, Problem> {
    let now = clock::now();
    let few = (1..=UPDATES).contains(&updates.len());
    let said: Vec<Said> = updates.into_iter().map(|update| Said::of(update, now)).collect();
    let courses: BTreeSet<Uuid> = said.iter().filter_map(|said| said.course_id).collect();
    let mut valid = Validation::new();
    valid.check("/updates", few, "OUT_OF_RANGE", "Must be 1 to 200.");
    valid.check("/updates", courses.len() <= COURSES, "TOO_MANY", "At most ten courses.");
    valid.finish()?;
    Ok(said)
}

fn one(learning: Option<&mut Learning>, said: &Said) -> Result<(), Problem> {
    let Ok(update) = &said.update else { return Err(Problem::invalid(Vec::new())) };
    let (Some(learning), Some(lesson_id)) = (learning, said.lesson_id) else {
        return Err(Problem::conflict("NOT_ENROLLED", "The person doesn't learn there."));
    };
    let update = seeing::dated(&learning.facts.enrollment, update)?;
    let outline = learning.outline();
    if outline.and_then(|outline| outline.find(lesson_id)).is_none() {
        return Err(Problem::conflict("UNKNOWN_LESSON", "The version that is learned has no such lesson."));
    }
    if update.completes() && outline.is_some_and(|outline| needs_result(outline, lesson_id)) {
        return Err(by_result());
    }
    learning.update(lesson_id, &update);
    Ok(())
}
