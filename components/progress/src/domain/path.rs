//! How far somebody is on a learning path.

use lyceum_event_types::courses::LearningPathCourse;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::Status;
use super::percent::Percent;

/// A learning path as it is now.
#[derive(Clone, Debug)]
pub(crate) struct SeenPath {
    pub(crate) learning_path_id: Uuid,
    pub(crate) title: String,
    pub(crate) is_open: bool,
    pub(crate) courses: AsJson<Vec<LearningPathCourse>>,
    pub(crate) removed: bool,
}

/// How far somebody is in a course of a path, by one enrolment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reached {
    pub(crate) course_id: Uuid,
    pub(crate) percent: Percent,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
}

/// A course of a path.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PathCourse {
    pub(crate) course_id: Uuid,
    pub(crate) required: bool,
    pub(crate) status: Status,
    pub(crate) percent_complete: Percent,
}

/// How far somebody is on a learning path.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LearningPathProgress {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) learning_path_id: Uuid,
    pub(crate) title: String,
    pub(crate) status: Status,
    /// The mean of the required courses; of all, if none is.
    pub(crate) percent_complete: Percent,
    /// How many courses are asked for.
    pub(crate) total_courses: u32,
    /// How many of them are completed.
    pub(crate) completed_courses: u32,
    /// The first one that is asked for and isn't completed.
    pub(crate) current_course_id: Option<Uuid>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Option<Timestamp>,
    /// All courses, in the path's order.
    pub(crate) courses: Vec<PathCourse>,
}

impl LearningPathProgress {
    pub(crate) fn of(user_id: UserId, path: SeenPath, reached: &[Reached]) -> Self {
        let of_course = |id: Uuid| reached.iter().filter(move |one| one.course_id == id);
        let asked =
            |course: &&LearningPathCourse| course.required || path.courses.0.iter().all(|one| !one.required);
        // Of several enrolments in one course the furthest counts.
        let percent = |id| of_course(id).map(|one| one.percent).max().unwrap_or_default();
        let completed = |id| of_course(id).filter_map(|one| one.completed_at).min();
        let on_path = || path.courses.0.iter().flat_map(|course| of_course(course.course_id));
        let courses: Vec<PathCourse> = path
            .courses
            .0
            .iter()
            .map(|course| PathCourse {
                course_id: course.course_id,
                required: course.required,
                status: Status::of(
                    of_course(course.course_id).any(|one| one.started_at.is_some()),
                    completed(course.course_id).is_some(),
                ),
                percent_complete: percent(course.course_id),
            })
            .collect();
        let wanted: Vec<Uuid> = path.courses.0.iter().filter(asked).map(|course| course.course_id).collect();
        let done: Vec<Timestamp> = wanted.iter().filter_map(|id| completed(*id)).collect();
        let is_complete = !wanted.is_empty() && done.len() == wanted.len();
        let started_at = on_path().filter_map(|one| one.started_at).min();
        Self {
            user_id,
            learning_path_id: path.learning_path_id,
            status: Status::of(started_at.is_some(), is_complete),
            percent_complete: Percent::mean(wanted.iter().map(|id| percent(*id))),
            total_courses: u32::try_from(wanted.len()).unwrap_or(u32::MAX),
            completed_courses: u32::try_from(done.len()).unwrap_or(u32::MAX),
            current_course_id: wanted.iter().copied().find(|id| completed(*id).is_none()),
            started_at,
            completed_at: done.into_iter().max().filter(|_| is_complete),
            last_activity_at: on_path().filter_map(|one| one.last_activity_at).max(),
            courses,
            title: path.title,
        }
    }
}
