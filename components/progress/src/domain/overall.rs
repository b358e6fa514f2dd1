//! How far somebody is in all of their courses.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::Status;
use super::counts::LessonCounts;
use super::course::CourseProgressView;

/// What somebody learns and has learned. A course that they left before they completed it isn't counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UserProgress {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) total_courses: u32,
    pub(crate) completed_courses: u32,
    pub(crate) in_progress_courses: u32,
    /// Of the courses that were begun.
    #[serde(flatten)]
    pub(crate) counts: LessonCounts,
    /// Of the achievements that were earned.
    pub(crate) total_points: i64,
    pub(crate) last_activity_at: Option<Timestamp>,
}

impl UserProgress {
    /// Of a person with these enrolments, of which the furthest in each course counts, and with so many points.
    pub(crate) fn of(user_id: UserId, enrollments: &[CourseProgressView], total_points: i64) -> Self {
        let rank = |one: &CourseProgressView| (one.completed_at.is_some(), one.percent_complete);
        let mut courses: BTreeMap<Uuid, &CourseProgressView> = BTreeMap::new();
        for one in enrollments.iter().filter(|one| !one.ended || one.completed_at.is_some()) {
            let counts = courses.entry(one.course_id).or_insert(one);
            if rank(one) > rank(counts) {
                *counts = one;
            }
        }
        let with = |status: Status| courses.values().map(|one| u32::from(one.status == status)).sum();
        Self {
            user_id,
            total_courses: courses.values().map(|_| 1).sum(),
            completed_courses: with(Status::Completed),
            in_progress_courses: with(Status::InProgress),
            counts: courses.values().fold(LessonCounts::default(), |sum, one| sum.plus(one.counts.lessons)),
            total_points,
            last_activity_at: enrollments.iter().filter_map(|one| one.last_activity_at).max(),
        }
    }
}
