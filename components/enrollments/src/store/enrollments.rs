//! The SQL of enrolments themselves.

use lyceum_kit::list::{Filter, List, Listing, Order, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use super::seen;
use crate::domain::{CourseSeen, Enrollment, Missing, Status};

row!(versioned Enrollment in "enrollments" {
    id, course_id, user_id, status, origin, invitation_id, waive_prerequisites, waive_payment, course_version, starts_at,
    expires_at, amount, currency, payment_asked_at, payment_until, payment_id, failure_reason, ticket, waitlisted_at,
    enrolled_at, completed_at, ended_at, version, created_at, updated_at,
});

/// The enrolment with this id.
pub(crate) fn find(id: Uuid) -> Result<Option<Enrollment>, SqlError> {
    query_optional(Enrollment::select("WHERE id = $1", params![id]))
}

/// Finds the enrolment of a person in a course that has not ended.
pub(crate) fn live(course_id: Uuid, user_id: UserId) -> Statement {
    let rest = "WHERE course_id = $1 AND user_id = $2 AND ended_at IS NULL";
    Enrollment::select(rest, params![course_id, user_id])
}

/// Who is first of those who wait for a place.
pub(crate) fn first_waiting(course_id: Uuid) -> Result<Option<Enrollment>, SqlError> {
    let rest = "WHERE course_id = $1 AND status = 'waitlisted' ORDER BY ticket LIMIT 1";
    query_optional(Enrollment::select(rest, params![course_id]))
}

/// How many wait before this one.
pub(crate) fn waiting_before(enrollment: &Enrollment) -> Result<i64, SqlError> {
    let text =
        "SELECT COUNT(*) FROM enrollments WHERE course_id = $1 AND status = 'waitlisted' AND ticket < $2";
    let (before,): (i64,) = query_one(statement(text, params![enrollment.course_id, enrollment.ticket]))?;
    Ok(before)
}

/// Those that end with a course, some at a time.
pub(crate) fn live_of_course(course_id: Uuid, limit: u16) -> Result<Vec<Enrollment>, SqlError> {
    let rest = "WHERE course_id = $1 AND ended_at IS NULL ORDER BY id LIMIT $2";
    query_all(Enrollment::select(rest, params![course_id, limit]))
}

/// Those that end with a person, some at a time.
pub(crate) fn live_of_user(user_id: UserId, limit: u16) -> Statement {
    let rest = "WHERE user_id = $1 AND ended_at IS NULL ORDER BY id LIMIT $2";
    Enrollment::select(rest, params![user_id, limit])
}

/// Those whose last moment has passed, after this one.
pub(crate) fn expired(
    now: Timestamp,
    after: Option<&Enrollment>,
    limit: u16,
) -> Result<Vec<Enrollment>, SqlError> {
    let (at, id) = after.map_or((Timestamp::from_micros(i64::MIN), String::new()), |last| {
        (last.expires_at.unwrap_or(now), last.id.to_string())
    });
    let rest = "WHERE ended_at IS NULL AND expires_at IS NOT NULL AND expires_at <= $1 \
                AND (expires_at, id) > ($2, $3) ORDER BY expires_at, id LIMIT $4";
    query_all(Enrollment::select(rest, params![now, at, id, limit]))
}

struct Before {
    course_id: Uuid,
    title: Option<String>,
    completed: bool,
}
from_row!(Before { course_id, title, completed });

/// What the course wants to come before and the person hasn't done.
pub(crate) fn missing(course: &CourseSeen, user_id: UserId) -> Result<Vec<Missing>, SqlError> {
    let mut missing = not_completed(&course.prerequisites.0, user_id)?;
    let required = &course.required_competencies.0;
    if !required.is_empty() {
        missing.extend(Missing::of_competencies(required, &seen::competencies_of(user_id)?));
    }
    Ok(missing)
}

/// Those of these courses that the person has not completed.
pub(super) fn not_completed(courses: &[Uuid], user_id: UserId) -> Result<Vec<Missing>, SqlError> {
    if courses.is_empty() {
        return Ok(Vec::new());
    }
    let text = "SELECT c.course_id AS course_id, c.title AS title, EXISTS (SELECT 1 FROM enrollments e \
                WHERE e.user_id = $1 AND e.course_id = $2 AND e.completed_at IS NOT NULL) AS completed \
                FROM (SELECT CAST($2 AS TEXT) AS course_id, (SELECT title FROM courses_seen WHERE course_id = $2) AS title) c";
    let statements = courses.iter().map(|course_id| statement(text, params![user_id, *course_id])).collect();
    let mut missing = Vec::new();
    for rows in query(statements)? {
        let Before { course_id, title, completed } = rows.one()?;
        if !completed {
            missing.push(Missing::Course { course_id, title });
        }
    }
    Ok(missing)
}

/// Notes why an enrolment that is being decided won't come about.
pub(crate) fn note(id: Uuid, reason: lyceum_event_types::enrollments::FailureReason) -> Statement {
    let text = "UPDATE enrollments SET failure_reason = $2, version = version + 1 \
                WHERE id = $1 AND status = 'requested' AND ended_at IS NULL";
    statement(text, params![id, reason])
}

const NEWEST_FIRST: Order = Order::integer("created_at").descending();

/// Those of one person.
pub(crate) struct Own;

pub(crate) fn of_user(user_id: UserId) -> Scope {
    Scope::all().equal("user_id", user_id)
}

impl Listing for Own {
    type Row = Enrollment;
    const LIST: List = List::of(Enrollment::TABLE, Enrollment::COLUMN_LIST, "id", NEWEST_FIRST).filters(&[
        Filter::id("course_id").describe("Only those in this course."),
        Filter::equal::<Status>("status").describe("Only those that are this far, such as `confirmed`."),
    ]);
}

/// Those of one course.
pub(crate) struct OfCourse;

pub(crate) fn of_course(course_id: Uuid) -> Scope {
    Scope::all().equal("course_id", course_id)
}

impl Listing for OfCourse {
    type Row = Enrollment;
    const LIST: List = List::of(Enrollment::TABLE, Enrollment::COLUMN_LIST, "id", NEWEST_FIRST).filters(&[
        Filter::id("user_id").describe("Only those of this person."),
        Filter::equal::<Status>("status").describe("Only those that are this far, such as `waitlisted`."),
    ]);
}
