//! The SQL of totals, and all that one is counted of.

use lyceum_kit::prelude::*;

use super::{Book, BookRow, grades, items, made, statement_of};
use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::Item;
use crate::domain::gradebook::total::Total;

/// All that the total of one person is counted of, as of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    pub(crate) book: Book,
    pub(crate) items: Vec<Item>,
    pub(crate) grades: Vec<Grade>,
    /// The version of the total's row; 0 if there is none.
    pub(crate) version: i64,
}

/// That of a person in a course.
pub(crate) fn sheet(course_id: Uuid, user_id: UserId) -> Result<Sheet, SqlError> {
    let version = "SELECT version FROM grade_totals WHERE course_id = $1 AND user_id = $2";
    let mut sets = query(vec![
        statement_of(course_id),
        items::of_course(course_id),
        grades::of_person(course_id, user_id),
        statement(version, params![course_id, user_id]),
    ])?
    .into_iter();
    let mut next = || sets.next().unwrap_or_default();
    let row: Option<BookRow> = next().optional()?;
    let (items, grades) = (next().all()?, next().all()?);
    let version: Option<(i64,)> = next().optional()?;
    Ok(Sheet { book: made(course_id, row), items, grades, version: version.map_or(0, |(version,)| version) })
}

/// A course's settings and items.
pub(crate) fn book(course_id: Uuid) -> Result<(Book, Vec<Item>), SqlError> {
    let mut sets = query(vec![statement_of(course_id), items::of_course(course_id)])?.into_iter();
    let mut next = || sets.next().unwrap_or_default();
    let row: Option<BookRow> = next().optional()?;
    Ok((made(course_id, row), next().all()?))
}

/// Writes somebody's total after the version that was read; misses its row if somebody else was quicker.
pub(crate) fn write(course_id: Uuid, user_id: UserId, total: &Total, revision: i64, read: i64) -> Statement {
    let text = "INSERT INTO grade_totals (course_id, user_id, total, revision, version) VALUES ($1, $2, $3, $4, $5) \
                ON CONFLICT (course_id, user_id) DO UPDATE SET total = excluded.total, revision = excluded.revision, \
                version = excluded.version WHERE grade_totals.version = excluded.version - 1";
    statement(text, params![course_id, user_id, AsJson(total), revision, read + 1]).expect_rows(1)
}

/// A total that was counted by an older revision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stale {
    pub(crate) user_id: UserId,
    pub(crate) version: i64,
}
from_row!(Stale { user_id, version });

/// Such totals of a course.
pub(crate) fn stale(course_id: Uuid, revision: i64, limit: u16) -> Result<Vec<Stale>, SqlError> {
    let text = "SELECT user_id, version FROM grade_totals WHERE course_id = $1 AND revision < $2 \
                ORDER BY revision, user_id LIMIT $3";
    query_all(statement(text, params![course_id, revision, limit]))
}

/// Writes a total anew unless somebody did in the meantime.
pub(crate) fn renew(course_id: Uuid, stale: Stale, total: &Total, revision: i64) -> Statement {
    let text = "UPDATE grade_totals SET total = $3, revision = $4, version = version + 1 \
                WHERE course_id = $1 AND user_id = $2 AND version = $5";
    statement(text, params![course_id, stale.user_id, AsJson(total), revision, stale.version])
}

/// A learner, and what their grades came to when they were last counted.
#[derive(Clone, Debug)]
pub(crate) struct LearnerRow {
    pub(crate) enrollment_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) display_name: Option<String>,
    pub(crate) total: Option<AsJson<serde_json::Value>>,
    pub(crate) revision: Option<i64>,
}
from_row!(LearnerRow { enrollment_id, user_id, display_name, total, revision });

/// Those who learn in a course, in the order of their enrolments, after this one.
pub(crate) fn learners(
    course_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<LearnerRow>, SqlError> {
    let text = "SELECT e.enrollment_id, e.user_id, p.display_name, t.total, t.revision FROM enrollments_seen e \
                LEFT JOIN people_seen p ON p.user_id = e.user_id \
                LEFT JOIN grade_totals t ON t.course_id = e.course_id AND t.user_id = e.user_id \
                WHERE e.course_id = $1 AND e.ended = FALSE AND e.enrollment_id > $2 ORDER BY e.enrollment_id LIMIT $3";
    query_all(statement(text, params![course_id, after.unwrap_or(Uuid::nil()), limit]))
}
