//! The SQL of question banks, and of what quizzes draw of them.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table;
use lyceum_kit::{from_row, row};

use crate::domain::bank::Bank;
use crate::domain::quiz::Draw;

row!(versioned Bank in "question_banks" {
    id, course_id, title, description, question_count, content_id, version, created_at, updated_at
});

/// The banks of a course after this one.
pub(crate) fn banks(course_id: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<Bank>, SqlError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let which = "WHERE course_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    query_all(Bank::select(which, params![course_id, after, limit]))
}

/// The bank of this course.
pub(crate) fn bank(course_id: Uuid, id: Uuid) -> Result<Option<Bank>, SqlError> {
    query_optional(Bank::select("WHERE id = $1 AND course_id = $2", params![id, course_id]))
}

/// How many banks a course has.
pub(crate) fn count(course_id: Uuid) -> Result<i64, SqlError> {
    let text = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM question_banks WHERE course_id = $1";
    let (number,) = query_one(statement(text, params![course_id]))?;
    Ok(number)
}

struct Size {
    id: Uuid,
    question_count: i64,
}
from_row!(Size { id, question_count });

struct Held {
    id: Uuid,
    content_id: String,
}
from_row!(Held { id, content_id });

/// How many questions each bank of a course has.
pub(crate) fn sizes(course_id: Uuid) -> Result<BTreeMap<Uuid, i64>, SqlError> {
    let text = "SELECT id, question_count FROM question_banks WHERE course_id = $1";
    let rows: Vec<Size> = query_all(statement(text, params![course_id]))?;
    Ok(rows.into_iter().map(|row| (row.id, row.question_count)).collect())
}

/// The most that a quiz of the draft draws of a bank; nothing if none does.
pub(crate) fn most_drawn(id: Uuid) -> Result<Option<i64>, SqlError> {
    let text =
        "SELECT question_count FROM lesson_draws WHERE bank_id = $1 ORDER BY question_count DESC LIMIT 1";
    let most: Option<(i64,)> = query_optional(statement(text, params![id]))?;
    Ok(most.map(|(most,)| most))
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(bank: &Bank) -> Statement {
    let text = "DELETE FROM question_banks WHERE id = $1 AND version = $2";
    statement(text, params![bank.id, bank.version]).expect_rows(1)
}

/// A lesson of the draft draws this now.
pub(crate) fn draw(course_id: Uuid, lesson_id: Uuid, draws: &[Draw]) -> Vec<Statement> {
    let before = statement("DELETE FROM lesson_draws WHERE lesson_id = $1", params![lesson_id]);
    let now = draws.iter().map(|draw| {
        let text = "INSERT INTO lesson_draws (lesson_id, bank_id, course_id, question_count) \
                    VALUES ($1, $2, $3, $4)";
        statement(text, params![lesson_id, draw.bank_id, course_id, draw.count])
    });
    std::iter::once(before).chain(now).collect()
}

/// The draft's banks become those of a version.
pub(crate) fn insert_version(course_id: Uuid, number: i64) -> Statement {
    let text = "INSERT INTO version_banks (course_id, number, id, content_id) \
                SELECT b.course_id, CAST($2 AS BIGINT), b.id, b.content_id FROM question_banks b WHERE b.course_id = $1";
    statement(text, params![course_id, number])
}

/// The contents of a version's banks, by their ids.
pub(crate) fn of_version(course_id: Uuid, number: i64) -> Result<BTreeMap<Uuid, String>, SqlError> {
    let text = "SELECT id, content_id FROM version_banks WHERE course_id = $1 AND number = $2";
    let rows: Vec<Held> = query_all(statement(text, params![course_id, number]))?;
    Ok(rows.into_iter().map(|row| (row.id, row.content_id)).collect())
}
