//! The SQL of what learners have done.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::RowError;

use crate::domain::course::CourseProgress;
use crate::domain::lesson::{LessonState, Position};

row!(versioned CourseProgress in "course_progress" {
    enrollment_id, user_id, course_id, course_version, percent, counts, time_spent, started_at, completed_at,
    completed_version, declared_by, declared_at, last_activity_at, active_at, ended, learner_name, version
});

/// So many more lessons and courses were completed.
pub(crate) fn count(user_id: UserId, lessons: i64, courses: i64, now: Timestamp) -> Statement {
    let text = "INSERT INTO learners (user_id, lessons_completed, courses_completed, last_activity_at) \
                VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET \
                lessons_completed = learners.lessons_completed + excluded.lessons_completed, \
                courses_completed = learners.courses_completed + excluded.courses_completed, \
                last_activity_at = excluded.last_activity_at";
    statement(text, params![user_id, lessons, courses, now])
}

/// A lesson's row.
#[derive(Debug)]
pub(crate) struct LessonRow {
    pub(crate) lesson_id: Uuid,
    pub(crate) state: LessonState,
    pub(crate) version: i64,
}

const LESSON: &str = "lesson_id, percent, started_at, completed_at, last_activity_at, devices, last_position, position_at, \
                      position_device, version";

impl FromRow for LessonRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let AsJson(devices): AsJson<BTreeMap<String, i64>> = row.take("devices")?;
        let position: Option<i64> = row.take("last_position")?;
        let at: Option<Timestamp> = row.take("position_at")?;
        let device: Option<String> = row.take("position_device")?;
        let position = position.zip(at);
        Ok(Self {
            lesson_id: row.take("lesson_id")?,
            state: LessonState {
                percent: row.take("percent")?,
                started_at: row.take("started_at")?,
                completed_at: row.take("completed_at")?,
                last_activity_at: row.take("last_activity_at")?,
                devices,
                position: position.map(|(position, at)| Position {
                    at,
                    device: device.unwrap_or_default(),
                    value: position,
                }),
            },
            version: row.take("version")?,
        })
    }
}

/// How far somebody is in all lessons of a course that they began.
pub(crate) fn lessons(user_id: UserId, course_id: Uuid) -> Statement {
    let text = format!("SELECT {LESSON} FROM lesson_progress WHERE user_id = $1 AND course_id = $2");
    statement(text, params![user_id, course_id])
}

/// Writes a lesson's row after the version that was read, 0 if there was none; misses it if somebody else was quicker.
pub(crate) fn write_lesson(
    user_id: UserId,
    course_id: Uuid,
    lesson_id: Uuid,
    state: &LessonState,
    read: i64,
) -> Statement {
    let position = state.position.as_ref();
    let values = params![
        user_id,
        lesson_id,
        state.percent,
        state.started_at,
        state.completed_at,
        state.last_activity_at,
        AsJson(&state.devices),
        state.time_spent(),
        position.map(|position| position.value),
        position.map(|position| position.at),
        position.map(|position| position.device.clone()),
        read + 1,
        course_id
    ];
    let text = if read == 0 {
        "INSERT INTO lesson_progress (user_id, lesson_id, percent, started_at, completed_at, last_activity_at, devices, \
         time_spent, last_position, position_at, position_device, version, course_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (user_id, lesson_id) DO NOTHING"
    } else {
        "UPDATE lesson_progress SET percent = $3, started_at = $4, completed_at = $5, last_activity_at = $6, devices = $7, \
         time_spent = $8, last_position = $9, position_at = $10, position_device = $11, version = $12, course_id = $13 \
         WHERE user_id = $1 AND lesson_id = $2 AND version = $12 - 1"
    };
    statement(text, values).expect_rows(1)
}

/// Which courses somebody has completed.
pub(crate) fn completed_courses(user_id: UserId) -> Statement {
    let text = "SELECT course_id FROM course_progress WHERE user_id = $1 AND completed_at IS NOT NULL";
    statement(text, params![user_id])
}
