//! What a person's other devices are told the moment it is committed.

use lyceum_kit::{live, prelude::*};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Status;
use crate::domain::course::CourseProgress;
use crate::domain::lesson::LessonState;
use crate::domain::percent::Percent;

/// A lesson is so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LessonChanged {
    course_id: Uuid,
    module_id: Uuid,
    lesson_id: Uuid,
    status: Status,
    percent_complete: Percent,
    time_spent: i64,
    last_position: Option<i64>,
    last_activity_at: Timestamp,
}

impl live::Message for LessonChanged {
    const EVENT: &'static str = "lesson-changed";
}

impl LessonChanged {
    pub(crate) fn of(course_id: Uuid, module_id: Uuid, lesson_id: Uuid, state: &LessonState) -> Self {
        Self {
            course_id,
            module_id,
            lesson_id,
            status: state.status(),
            percent_complete: state.percent,
            time_spent: state.time_spent(),
            last_position: state.position.as_ref().map(|position| position.value),
            last_activity_at: state.last_activity_at,
        }
    }
}

/// A course is so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CourseChanged {
    course_id: Uuid,
    enrollment_id: Uuid,
    status: Status,
    percent_complete: Percent,
}

impl live::Message for CourseChanged {
    const EVENT: &'static str = "course-changed";
}

impl CourseChanged {
    pub(crate) fn of(row: &CourseProgress) -> Self {
        Self {
            course_id: row.course_id,
            enrollment_id: row.enrollment_id,
            status: row.status(),
            percent_complete: row.percent,
        }
    }
}

/// Where somebody's devices are told of their progress.
pub(crate) fn channel(user_id: UserId) -> Channel {
    Channel::of("progress", user_id)
}
