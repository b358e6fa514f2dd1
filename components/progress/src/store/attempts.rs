//! The SQL of attempts.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::attempts::Attempt;

row!(versioned Attempt in "attempts" {
    id, user_id, course_id, course_version, module_id, lesson_id, quiz_id, number, status, seed, answers,
    hand_marks, total_questions, correct_answers, incorrect_answers, unanswered_questions, awaiting, share, points,
    points_possible, passed, time_spent, started_at, ends_at, handed_in_by, last_activity_at, completed_at, graded_at,
    version
});

/// Somebody's attempts at a quiz, in their order.
pub(crate) fn of_person(user_id: UserId, quiz_id: Uuid) -> Result<Vec<Attempt>, SqlError> {
    query_all(Attempt::select(
        "WHERE user_id = $1 AND quiz_id = $2 ORDER BY number",
        params![user_id, quiz_id],
    ))
}

/// One of them.
pub(crate) fn find(user_id: UserId, quiz_id: Uuid, id: Uuid) -> Result<Option<Attempt>, SqlError> {
    let found: Option<Attempt> = query_optional(Attempt::select("WHERE id = $1", params![id]))?;
    Ok(found.filter(|attempt| attempt.user_id == user_id && attempt.quiz_id == quiz_id))
}

/// Somebody's attempts in a course that are in progress.
pub(crate) fn in_progress(user_id: UserId, course_id: Uuid) -> Statement {
    let rest = "WHERE user_id = $1 AND course_id = $2 AND status = 'in-progress' ORDER BY quiz_id";
    Attempt::select(rest, params![user_id, course_id])
}

/// Those in progress whose time is over, after this one.
pub(crate) fn over(now: Timestamp, after: Option<&Attempt>, limit: u16) -> Result<Vec<Attempt>, SqlError> {
    let (at, id) = after
        .map_or((Timestamp::from_micros(0), Uuid::nil()), |one| (one.handed_in_by.unwrap_or(now), one.id));
    let rest = "WHERE status = 'in-progress' AND handed_in_by IS NOT NULL AND handed_in_by <= $1 \
                AND (handed_in_by, id) > ($2, $3) ORDER BY handed_in_by, id LIMIT $4";
    query_all(Attempt::select(rest, params![now, at, id, limit]))
}

/// Those in progress without a limit that nothing happened to since this moment, after this one.
pub(crate) fn idle(since: Timestamp, after: Option<&Attempt>, limit: u16) -> Result<Vec<Attempt>, SqlError> {
    let (at, id) =
        after.map_or((Timestamp::from_micros(0), Uuid::nil()), |one| (one.last_activity_at, one.id));
    let rest = "WHERE status = 'in-progress' AND handed_in_by IS NULL AND last_activity_at <= $1 \
                AND (last_activity_at, id) > ($2, $3) ORDER BY last_activity_at, id LIMIT $4";
    query_all(Attempt::select(rest, params![since, at, id, limit]))
}

const NUMBER: Order = Order::integer("number");

/// Somebody's attempts at a quiz.
pub(crate) struct OfPerson;

impl Listing for OfPerson {
    type Row = Attempt;
    const LIST: List = List::of(Attempt::TABLE, Attempt::COLUMN_LIST, "id", NUMBER).orders(&[NUMBER]);
}

const STARTED: Order = Order::integer("started_at");

/// All attempts in a course.
pub(crate) struct OfCourse;

impl Listing for OfCourse {
    type Row = Attempt;
    const LIST: List = List::of(Attempt::TABLE, Attempt::COLUMN_LIST, "id", STARTED.descending())
        .orders(&[STARTED])
        .filters(&[
            Filter::flag("awaiting", "awaiting > 0")
                .describe("Only those with answers that somebody has to read."),
            Filter::id("quiz_id").describe("Only those at this quiz."),
            Filter::id("user_id").describe("Only those of this person."),
        ]);
}
