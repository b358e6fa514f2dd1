//! How far somebody is in a course.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::Status;
use super::counts::{Counts, LessonCounts};
use super::percent::Percent;

/// The row of an enrolment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CourseProgress {
    pub(crate) enrollment_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) percent: Percent,
    pub(crate) counts: AsJson<Counts>,
    pub(crate) time_spent: i64,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) completed_version: Option<i64>,
    pub(crate) declared_by: Option<UserId>,
    pub(crate) declared_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
    /// The same, or since when there is the row.
    pub(crate) active_at: Timestamp,
    pub(crate) ended: bool,
    pub(crate) learner_name: Option<String>,
    pub(crate) version: i64,
}

impl CourseProgress {
    /// Nothing was done. It becomes a row when it is written as version 1.
    pub(crate) fn new(enrollment_id: Uuid, user_id: UserId, course_id: Uuid, course_version: i64) -> Self {
        Self {
            enrollment_id,
            user_id,
            course_id,
            course_version,
            percent: Percent::default(),
            counts: AsJson(Counts::default()),
            time_spent: 0,
            started_at: None,
            completed_at: None,
            completed_version: None,
            declared_by: None,
            declared_at: None,
            last_activity_at: None,
            active_at: clock::now(),
            ended: false,
            learner_name: None,
            version: 0,
        }
    }

    pub(crate) const fn status(&self) -> Status {
        Status::of(self.started_at.is_some(), self.completed_at.is_some())
    }
}

/// How far somebody is in a course, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CourseProgress)]
pub(crate) struct CourseProgressView {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    /// The course's title now.
    pub(crate) course_title: Option<String>,
    pub(crate) enrollment_id: Uuid,
    /// The version that they learn.
    pub(crate) course_version: i64,
    /// Whether the enrolment is over. What was reached stays.
    pub(crate) ended: bool,
    pub(crate) status: Status,
    /// Never lower than it was; 100 once the course is completed.
    pub(crate) percent_complete: Percent,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// Seconds in all lessons.
    pub(crate) time_spent: i64,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
}

impl CourseProgressView {
    pub(crate) fn new(row: &CourseProgress, course_title: Option<String>, ended: bool) -> Self {
        let status = row.status();
        Self {
            user_id: row.user_id,
            course_id: row.course_id,
            course_title,
            enrollment_id: row.enrollment_id,
            course_version: row.course_version,
            ended,
            status,
            percent_complete: row.percent,
            counts: row.counts.0,
            time_spent: row.time_spent,
            started_at: row.started_at,
            completed_at: row.completed_at,
            last_activity_at: row.last_activity_at,
        }
    }
}

/// How far somebody is in a module.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModuleProgress {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) module_id: Uuid,
    pub(crate) status: Status,
    /// The mean of its lessons.
    pub(crate) percent_complete: Percent,
    #[serde(flatten)]
    pub(crate) counts: LessonCounts,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
    pub(crate) lessons: Vec<LessonProgress>,
}

/// How far somebody is in a lesson.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LessonProgress {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
    /// The lesson's type.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) status: Status,
    pub(crate) percent_complete: Percent,
    /// Seconds on all devices.
    pub(crate) time_spent: i64,
    pub(crate) last_position: Option<i64>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
}
