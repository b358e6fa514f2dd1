//! Which enrolments are to be looked at again, and when.

use lyceum_kit::prelude::*;

use crate::domain::criteria::Criterion;

/// An enrolment that is to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) enrollment_id: Uuid,
    pub(crate) since: Timestamp,
}
from_row!(Due { enrollment_id, since });

/// Of one enrolment.
pub(crate) fn of(enrollment_id: Uuid, now: Timestamp) -> Statement {
    let text = "INSERT INTO settlements_due (enrollment_id, since) VALUES ($1, $2) \
                ON CONFLICT (enrollment_id) DO UPDATE SET since = excluded.since";
    statement(text, params![enrollment_id, now])
}

/// Of a person in a course.
#[allow(dead_code, reason = "for those who grade")]
pub(crate) fn of_person(user_id: UserId, course_id: Uuid, now: Timestamp) -> Statement {
    all("user_id = $1 AND course_id = $2 AND ended = FALSE", params![user_id, course_id, now], 3)
}

/// Of a person in all courses but this one.
pub(crate) fn of_others(user_id: UserId, course_id: Uuid, now: Timestamp) -> Statement {
    all("user_id = $1 AND course_id <> $2 AND ended = FALSE", params![user_id, course_id, now], 3)
}

/// Of everybody in a course.
pub(crate) fn of_course(course_id: Uuid, now: Timestamp) -> Statement {
    all("course_id = $1 AND ended = FALSE", params![course_id, now], 2)
}

fn all(which: &str, values: Vec<Value>, now: usize) -> Statement {
    let text = format!(
        "INSERT INTO settlements_due (enrollment_id, since) SELECT enrollment_id, CAST(${now} AS BIGINT) \
         FROM enrollments_seen WHERE {which} ON CONFLICT (enrollment_id) DO UPDATE SET since = excluded.since"
    );
    statement(text, values)
}

/// It was looked at, unless it has become due again since.
pub(crate) fn done(enrollment_id: Uuid, since: Timestamp) -> Statement {
    let text = "DELETE FROM settlements_due WHERE enrollment_id = $1 AND since <= $2";
    statement(text, params![enrollment_id, since])
}

/// The first after this one.
pub(crate) fn next(after: Option<&Due>, until: Timestamp, limit: u16) -> Result<Vec<Due>, SqlError> {
    let (since, id) = after
        .map_or((Timestamp::from_micros(0), String::new()), |due| (due.since, due.enrollment_id.to_string()));
    let text = "SELECT enrollment_id, since FROM settlements_due WHERE since >= $1 AND since <= $2 \
                AND (since > $1 OR enrollment_id > $3) ORDER BY since, enrollment_id LIMIT $4";
    query_all(statement(text, params![since, until, id, limit]))
}

/// The moments that a course's criteria wait for are these.
pub(crate) fn set_dates(course_id: Uuid, criteria: &[Criterion]) -> Vec<Statement> {
    let mut statements =
        vec![statement("DELETE FROM criteria_dates WHERE course_id = $1", params![course_id])];
    for criterion in criteria {
        if let Criterion::Date { at } = criterion {
            let text = "INSERT INTO criteria_dates (course_id, due_at) VALUES ($1, $2) \
                        ON CONFLICT (course_id, due_at) DO NOTHING";
            statements.push(statement(text, params![course_id, *at]));
        }
    }
    statements
}

/// A moment that a course waits for.
#[derive(Clone, Debug)]
pub(crate) struct CourseDate {
    pub(crate) course_id: Uuid,
    pub(crate) due_at: Timestamp,
}
from_row!(CourseDate { course_id, due_at });

/// The first moments that have come, after this one.
pub(crate) fn dates(
    after: Option<&CourseDate>,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<CourseDate>, SqlError> {
    let (at, id) = after.map_or((Timestamp::from_micros(i64::MIN), String::new()), |date| {
        (date.due_at, date.course_id.to_string())
    });
    let text = "SELECT course_id, due_at FROM criteria_dates WHERE due_at >= $1 AND due_at <= $2 \
                AND (due_at > $1 OR course_id > $3) ORDER BY due_at, course_id LIMIT $4";
    query_all(statement(text, params![at, now, id, limit]))
}

/// It has come.
pub(crate) fn date_done(date: &CourseDate) -> Statement {
    let text = "DELETE FROM criteria_dates WHERE course_id = $1 AND due_at = $2";
    statement(text, params![date.course_id, date.due_at]).expect_rows(1)
}
