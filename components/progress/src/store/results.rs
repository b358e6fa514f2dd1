//! What quizzes and assignments came to. Whoever grades writes it here, in the transaction of the grade, and then has it counted by
//! `settling::settle_now`.

use lyceum_kit::prelude::*;

use super::{awards, due};
use crate::domain::seen::ItemResult;

from_row!(ItemResult { item_id, score, passed, decided_at });

/// A person's results in a course.
pub(crate) fn of_course(user_id: UserId, course_id: Uuid) -> Statement {
    let text =
        "SELECT item_id, score, passed, decided_at FROM item_results WHERE user_id = $1 AND course_id = $2";
    statement(text, params![user_id, course_id])
}

/// The result is this one now, and what follows of it is noted; `kind` is `quiz` or `assignment`.
#[allow(dead_code, reason = "for those who grade")]
pub(crate) fn set(
    user_id: UserId,
    course_id: Uuid,
    kind: &'static str,
    result: &ItemResult,
) -> Vec<Statement> {
    let text = "INSERT INTO item_results (user_id, item_id, course_id, kind, score, passed, decided_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, item_id) DO UPDATE SET \
                course_id = excluded.course_id, score = excluded.score, passed = excluded.passed, \
                decided_at = excluded.decided_at";
    let ItemResult { item_id, score, passed, decided_at } = *result;
    let own = statement(text, params![user_id, item_id, course_id, kind, score, passed, decided_at]);
    let now = clock::now();
    vec![own, due::of_person(user_id, course_id, now), awards::due(user_id, now)]
}
