//! What those who give a course see of their class.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{RowError, Table as _};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::course::CourseProgress;
use crate::domain::percent::Percent;

const BY_ACTIVITY: Order = Order::integer("active_at").descending().named("last_activity_at");
const BY_PERCENT: Order = Order::integer("percent").named("percent_complete");

/// The learners of a course, by enrolment. A route shows those of one course alone.
pub(crate) struct Class;

impl Listing for Class {
    type Row = CourseProgress;
    const LIST: List =
        List::of(CourseProgress::TABLE, CourseProgress::COLUMN_LIST, "enrollment_id", BY_ACTIVITY)
            .orders(&[BY_ACTIVITY, BY_PERCENT])
            .filters(&[Filter::id("course_id").describe("The course.")]);
}

/// Somebody who may not complete the course.
#[derive(Clone, Debug)]
pub(crate) struct LearnerAtRisk {
    pub(crate) progress: CourseProgress,
    /// They have done nothing for a while.
    pub(crate) inactive: bool,
    /// They are less far than the time that has passed.
    pub(crate) behind: bool,
}

impl FromRow for LearnerAtRisk {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let (inactive, behind) = (row.take("inactive")?, row.take("behind")?);
        Ok(Self { progress: CourseProgress::from_row(row)?, inactive, behind })
    }
}

/// Those who learn there, haven't completed it and did nothing since, or are behind, those who did nothing for the longest time first,
/// after this one. Behind is who is ten points less far than the part that has passed of the time from the enrolment's beginning to its end.
pub(crate) fn at_risk(
    course_id: Uuid,
    since: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<LearnerAtRisk>, SqlError> {
    let (at, id) =
        after.map_or((Timestamp::from_micros(i64::MIN), String::new()), |(at, id)| (at, id.to_string()));
    let columns = CourseProgress::COLUMN_LIST;
    // In seconds: microseconds of centuries by hundredths of percents would be more than a number holds.
    let text = format!(
        "SELECT {columns}, inactive, behind FROM (SELECT {columns}, active_at < $2 AS inactive, COALESCE((SELECT \
         (course_progress.percent + 1000) * ((e.expires_at - COALESCE(e.starts_at, e.enrolled_at)) / 1000000) < \
         10000 * (($6 - COALESCE(e.starts_at, e.enrolled_at)) / 1000000) FROM enrollments_seen e \
         WHERE e.enrollment_id = course_progress.enrollment_id AND e.expires_at > COALESCE(e.starts_at, e.enrolled_at)), \
         FALSE) AS behind FROM course_progress WHERE course_id = $1 AND completed_at IS NULL AND ended = FALSE \
         AND active_at >= $3 AND (active_at > $3 OR enrollment_id > $4)) AS learners \
         WHERE inactive = TRUE OR behind = TRUE ORDER BY active_at, enrollment_id LIMIT $5"
    );
    query_all(statement(text, params![course_id, since, at, id, limit, clock::now()]))
}

/// A class in numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Overview {
    /// Those whose enrolment isn't over.
    pub(crate) learners: i64,
    pub(crate) started: i64,
    pub(crate) completed: i64,
    /// How many did something within the last seven days.
    pub(crate) active_this_week: i64,
    /// The mean of all learners' percentages, rounded down to a hundredth.
    pub(crate) mean_percent: Percent,
    /// The mean of their times, in whole seconds.
    pub(crate) mean_time_spent: i64,
}
from_row!(Overview { learners, started, completed, active_this_week, mean_percent, mean_time_spent });

/// A class in numbers, of all whose enrolment isn't over.
pub(crate) fn overview(course_id: Uuid, week_ago: Timestamp) -> Result<Overview, SqlError> {
    let text = "SELECT COUNT(*) AS learners, COUNT(started_at) AS started, COUNT(completed_at) AS completed, \
                COUNT(CASE WHEN last_activity_at >= $2 THEN 1 END) AS active_this_week, \
                CAST(COALESCE(SUM(percent), 0) / CASE WHEN COUNT(*) = 0 THEN 1 ELSE COUNT(*) END AS BIGINT) AS mean_percent, \
                CAST(COALESCE(SUM(time_spent), 0) / CASE WHEN COUNT(*) = 0 THEN 1 ELSE COUNT(*) END AS BIGINT) AS mean_time_spent \
                FROM course_progress WHERE course_id = $1 AND ended = FALSE";
    query_one(statement(text, params![course_id, week_ago]))
}
