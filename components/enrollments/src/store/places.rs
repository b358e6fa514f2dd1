//! The row of a course: how people are enrolled, and how many places are taken. Whatever changes the counts looks at them in the
//! same statement.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table as _;

use crate::domain::{Enrollment, Settings, Status};

row!(versioned Settings in "course_places" {
    course_id, capacity, waiting_list, self_enrollment, opens_at, closes_at, starts_at, ends_at, valid_days, version, updated_at,
});

/// How many places are taken, and how many people wait.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) taken: i64,
    pub(crate) waiting: i64,
}
from_row!(Counts { taken, waiting });

/// Finds a course's settings and counts.
pub(crate) fn find(course_id: Uuid) -> [Statement; 2] {
    let counts = "SELECT taken, waiting FROM course_places WHERE course_id = $1";
    [Settings::select("WHERE course_id = $1", params![course_id]), statement(counts, params![course_id])]
}

/// The same, read.
pub(crate) fn of(course_id: Uuid) -> Result<(Settings, Counts), SqlError> {
    let mut found = query(find(course_id).into())?.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let settings = next().optional()?.unwrap_or_else(|| Settings::of(course_id));
    Ok((settings, next().optional()?.unwrap_or_default()))
}

/// Makes the row of a course of which nobody has said anything.
pub(crate) fn ensure(course_id: Uuid) -> Statement {
    let insert = Settings::of(course_id).insert();
    statement(
        format!("{} ON CONFLICT (course_id) DO NOTHING", insert.text()),
        Settings::of(course_id).values(),
    )
}

const FREE: &str = "(capacity IS NULL OR taken < capacity)";

/// Takes a place, if one is free for which nobody waits.
pub(crate) fn take(course_id: Uuid) -> Statement {
    let text =
        format!("UPDATE course_places SET taken = taken + 1 WHERE course_id = $1 AND waiting = 0 AND {FREE}");
    statement(text, params![course_id]).expect_rows(1)
}

/// Gets into the queue, if there is one and no place is free.
pub(crate) fn queue(course_id: Uuid) -> Statement {
    let text = format!(
        "UPDATE course_places SET waiting = waiting + 1, tickets = tickets + 1 \
         WHERE course_id = $1 AND waiting_list = TRUE AND (waiting > 0 OR NOT {FREE})"
    );
    statement(text, params![course_id]).expect_rows(1)
}

/// Whoever has just got into the queue is behind all others.
pub(crate) fn number(enrollment: &Enrollment) -> Statement {
    let text = "UPDATE enrollments SET ticket = (SELECT tickets FROM course_places WHERE course_id = $1) \
                WHERE id = $2";
    statement(text, params![enrollment.course_id, enrollment.id]).expect_rows(1)
}

/// Who is first of those who wait takes a place that is free.
pub(crate) fn promote(course_id: Uuid) -> Statement {
    let text = format!(
        "UPDATE course_places SET taken = taken + 1, waiting = waiting - 1 \
         WHERE course_id = $1 AND waiting > 0 AND {FREE}"
    );
    statement(text, params![course_id]).expect_rows(1)
}

/// Gives back what this enrolment has: a place, or one in the queue. Misses the row if it can't have had that any more.
pub(crate) fn leave(enrollment: &Enrollment) -> Statement {
    let text = if enrollment.status == Status::Waitlisted {
        "UPDATE course_places SET waiting = waiting - 1 WHERE course_id = $1 AND waiting > 0"
    } else {
        "UPDATE course_places SET taken = taken - 1 WHERE course_id = $1 AND taken > 0"
    };
    statement(text, params![enrollment.course_id]).expect_rows(1)
}

/// Courses for which people wait, after this one.
pub(crate) fn awaited(after: Option<Uuid>, limit: u16) -> Result<Vec<Uuid>, SqlError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let text = "SELECT course_id FROM course_places WHERE waiting > 0 AND course_id > $1 ORDER BY course_id LIMIT $2";
    let found: Vec<(Uuid,)> = query_all(statement(text, params![after, limit]))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
