//! The courses that a person learns.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::RowError;

use crate::domain::course::{CourseProgress, CourseProgressView};

/// An enrolment with what was done.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) enrollment_id: Uuid,
    row: CourseProgress,
    title: Option<String>,
    ended: bool,
}

impl FromRow for Learned {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let enrollment_id = row.take("enrollment_id")?;
        let new = CourseProgress::new(
            enrollment_id,
            row.take("user_id")?,
            row.take("course_id")?,
            row.take("course_version")?,
        );
        let counts: Option<AsJson<_>> = row.take("counts")?;
        let percent: Option<_> = row.take("percent")?;
        let time_spent: Option<i64> = row.take("time_spent")?;
        Ok(Self {
            enrollment_id,
            row: CourseProgress {
                percent: percent.unwrap_or_default(),
                counts: counts.unwrap_or_default(),
                time_spent: time_spent.unwrap_or_default(),
                started_at: row.take("started_at")?,
                completed_at: row.take("completed_at")?,
                last_activity_at: row.take("last_activity_at")?,
                ..new
            },
            title: row.take("title")?,
            ended: row.take("ended")?,
        })
    }
}

impl From<Learned> for CourseProgressView {
    fn from(learned: Learned) -> Self {
        Self::new(&learned.row, learned.title, learned.ended)
    }
}

const COLUMNS: &str = "e.enrollment_id AS enrollment_id, e.user_id AS user_id, e.course_id AS course_id, \
                       e.course_version AS course_version, e.ended AS ended, c.title AS title, p.percent AS percent, \
                       p.counts AS counts, p.time_spent AS time_spent, p.started_at AS started_at, \
                       p.completed_at AS completed_at, p.last_activity_at AS last_activity_at";

/// A person's enrolments before this one, the latest first.
pub(crate) fn of_person(user_id: UserId, before: Option<Uuid>, limit: i64) -> Result<Vec<Learned>, SqlError> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let text = format!(
        "SELECT {COLUMNS} FROM enrollments_seen e LEFT JOIN course_progress p ON p.enrollment_id = e.enrollment_id \
         LEFT JOIN courses_seen c ON c.course_id = e.course_id \
         WHERE e.user_id = $1 AND e.enrollment_id < $2 ORDER BY e.enrollment_id DESC LIMIT $3"
    );
    query_all(statement(text, params![user_id, before, limit]))
}
