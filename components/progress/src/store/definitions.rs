//! Quizzes and assignments of published versions, and in which lesson somebody has them.

use lyceum_kit::prelude::*;

use crate::domain::attempts::Place;
use crate::domain::seen::SeenEnrollment;

/// The body of a definition.
pub(crate) fn body(item_id: Uuid, course_id: Uuid, version: i64) -> Result<Option<String>, SqlError> {
    let text = "SELECT body FROM definitions WHERE item_id = $1 AND course_id = $2 AND course_version = $3";
    let row: Option<(String,)> = query_optional(statement(text, params![item_id, course_id, version]))?;
    Ok(row.map(|(body,)| body))
}

/// Keeps one, which never changes.
pub(crate) fn keep(
    (item_id, course_id, version): (Uuid, Uuid, i64),
    kind: &'static str,
    due_at: Option<Timestamp>,
    body: &str,
) -> Statement {
    let text = "INSERT INTO definitions (item_id, course_id, course_version, kind, due_at, body) \
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (item_id, course_id, course_version) DO NOTHING";
    statement(text, params![item_id, course_id, version, kind, due_at, body])
}

/// Somebody's enrolment in the course that has this quiz or assignment, and where it is in their version.
pub(crate) fn place(
    user_id: UserId,
    item_id: Uuid,
    kind: &str,
) -> Result<Option<(SeenEnrollment, Place)>, SqlError> {
    let text = "SELECT e.enrollment_id, e.course_id, e.user_id, e.course_version, e.enrolled_at, e.starts_at, e.expires_at, e.ended, \
                v.module_id, v.lesson_id FROM version_items v JOIN enrollments_seen e ON e.user_id = $1 \
                AND e.course_id = v.course_id AND e.course_version = v.version WHERE v.item_id = $2 AND v.kind = $3";
    let rows: Vec<Placed> = query_all(statement(text, params![user_id, item_id, kind]))?;
    Ok(rows.into_iter().max_by_key(|row| (!row.ended, row.enrollment_id)).map(Placed::apart))
}

struct Placed {
    enrollment_id: Uuid,
    course_id: Uuid,
    user_id: UserId,
    course_version: i64,
    enrolled_at: Option<Timestamp>,
    starts_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    ended: bool,
    module_id: Uuid,
    lesson_id: Uuid,
}
from_row!(Placed {
    enrollment_id,
    course_id,
    user_id,
    course_version,
    enrolled_at,
    starts_at,
    expires_at,
    ended,
    module_id,
    lesson_id
});

impl Placed {
    fn apart(self) -> (SeenEnrollment, Place) {
        let Self { enrollment_id, course_id, user_id, course_version, starts_at, expires_at, ended, .. } =
            self;
        let Self { module_id, lesson_id, enrolled_at, .. } = self;
        let enrollment = SeenEnrollment {
            enrollment_id,
            course_id,
            user_id,
            course_version,
            enrolled_at,
            starts_at,
            expires_at,
            ended,
        };
        (enrollment, Place { course_id, course_version, module_id, lesson_id })
    }
}

/// The course that has this quiz or assignment in a version.
pub(crate) fn course_of(item_id: Uuid, kind: &str) -> Result<Option<Uuid>, SqlError> {
    let text = "SELECT course_id FROM version_items WHERE item_id = $1 AND kind = $2 LIMIT 1";
    let row: Option<(Uuid,)> = query_optional(statement(text, params![item_id, kind]))?;
    Ok(row.map(|(course_id,)| course_id))
}

/// An assignment of a version that is due.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    pub(crate) item_id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) due_at: Timestamp,
}
from_row!(Deadline { item_id, course_id, course_version, due_at });

/// Those that are due after the one moment and until the other, after this one.
pub(crate) fn due(
    (from, until): (Timestamp, Timestamp),
    after: Option<&Deadline>,
    limit: u16,
) -> Result<Vec<Deadline>, SqlError> {
    let start = (from, Uuid::nil(), 0);
    let (at, id, version) = after.map_or(start, |due| (due.due_at, due.item_id, due.course_version));
    let text = "SELECT item_id, course_id, course_version, due_at FROM definitions WHERE due_at IS NOT NULL \
                AND due_at <= $1 AND (due_at, item_id, course_version) > ($2, $3, $4) \
                ORDER BY due_at, item_id, course_version LIMIT $5";
    query_all(statement(text, params![until, at, id, version, limit]))
}

/// People who are to be told that an assignment is due: who learn on that version, have no dates of their own, handed nothing in and
/// weren't told.
pub(crate) fn to_remind(due: &Deadline, limit: u16) -> Result<Vec<UserId>, SqlError> {
    let text = "SELECT e.user_id FROM enrollments_seen e WHERE e.course_id = $1 AND e.ended = FALSE \
                AND e.course_version = $2 \
                AND NOT EXISTS (SELECT 1 FROM assignment_extensions x WHERE x.user_id = e.user_id \
                AND x.assignment_id = $3 AND x.due_at IS NOT NULL) \
                AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.user_id = e.user_id AND s.assignment_id = $3 \
                AND s.submitted_at IS NOT NULL) \
                AND NOT EXISTS (SELECT 1 FROM due_reminders r WHERE r.assignment_id = $3 AND r.user_id = e.user_id \
                AND r.due_at = $4) ORDER BY e.enrollment_id LIMIT $5";
    let rows: Vec<(UserId,)> = query_all(statement(
        text,
        params![due.course_id, due.course_version, due.item_id, due.due_at, limit],
    ))?;
    Ok(rows.into_iter().map(|(user_id,)| user_id).collect())
}

/// Somebody was told of a date; misses its row if they were before.
pub(crate) fn reminded(assignment_id: Uuid, user_id: UserId, due_at: Timestamp) -> Statement {
    let text = "INSERT INTO due_reminders (assignment_id, user_id, due_at) VALUES ($1, $2, $3) \
                ON CONFLICT (assignment_id, user_id, due_at) DO NOTHING";
    statement(text, params![assignment_id, user_id, due_at]).expect_rows(1)
}
