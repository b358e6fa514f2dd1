//! The SQL of who learns in which course, and what they completed, as others tell it.

use lyceum_kit::from_row;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::ReadModel;

use crate::domain::learner::Learner;

pub(crate) const LEARNERS: ReadModel =
    ReadModel::of("learners_seen", &["enrollment_id"], "enrollments_sequence");
pub(crate) const COMPLETED: ReadModel =
    ReadModel::of("completed_seen", &["user_id", "lesson_id"], "progress_sequence");

from_row!(Learner { course_version, starts_at, expires_at });

/// This person as a learner of this course, if they are one.
pub(crate) fn learner(course_id: Uuid, user_id: UserId) -> Result<Option<Learner>, SqlError> {
    let text = "SELECT course_version, starts_at, expires_at FROM learners_seen \
                WHERE course_id = $1 AND user_id = $2 AND ended = $3 ORDER BY enrollment_id DESC LIMIT 1";
    query_optional(statement(text, params![course_id, user_id, false]))
}

/// Those of these lessons of a version that this person didn't complete.
pub(crate) fn not_completed(
    course_id: Uuid,
    version: i64,
    user_id: UserId,
    lessons: &[Uuid],
) -> Result<Vec<Uuid>, SqlError> {
    let places: Vec<String> = (4..4 + lessons.len()).map(|at| format!("${at}")).collect();
    let text = format!(
        "SELECT v.id FROM version_lessons v WHERE v.course_id = $1 AND v.number = $2 AND v.id IN ({}) \
         AND NOT EXISTS (SELECT 1 FROM completed_seen c WHERE c.user_id = $3 AND c.lesson_id = v.id) ORDER BY v.id",
        places.join(", ")
    );
    let asked = params![course_id, version, user_id].into_iter();
    let asked = asked.chain(lessons.iter().map(IntoValue::into_value)).collect();
    let found: Vec<(Uuid,)> = query_all(statement(text, asked))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Whether this person has ever learned in this course.
pub(crate) fn took(course_id: Uuid, user_id: UserId) -> Result<bool, SqlError> {
    let text = "SELECT enrollment_id FROM learners_seen \
                WHERE course_id = $1 AND user_id = $2 AND course_version > 0 LIMIT 1";
    let found: Option<(Uuid,)> = query_optional(statement(text, params![course_id, user_id]))?;
    Ok(found.is_some())
}

/// Nothing is known of this person any more.
pub(crate) fn forget(user_id: UserId) -> [Statement; 2] {
    ["learners_seen", "completed_seen"]
        .map(|table| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![user_id]))
}
