//! The SQL of modules and lessons of drafts.
//!
//! Every change of an outline first counts it in the course's row and misses that if somebody else was quicker: so what was
//! read of the outline holds, and places have no gaps. What was reviewed is then not what was reviewed any more.

use std::collections::BTreeMap;

use lyceum_kit::from_row;
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Table, Versioned};

use crate::domain::lesson::Lesson;
use crate::domain::module::Module;

row!(versioned Module in "modules" {
    id, course_id, title, description, order_index, duration, status, metadata, version, created_at, updated_at
});
row!(versioned Lesson in "lessons" {
    id, course_id, module_id, title, description, order_index, duration, kind, status, content_id, metadata, preview,
    available_from, available_until, prerequisites, version, created_at, updated_at
});

/// The outline is changed; misses its row if it was changed since it was read. The course's own version goes on only if its
/// draft's status becomes another.
pub(crate) fn changed(course_id: Uuid, outline: i64) -> Statement {
    let text = "UPDATE courses SET outline = outline + 1, \
                version = version + CASE WHEN draft_status = 'draft' THEN 0 ELSE 1 END, \
                updated_at = CASE WHEN draft_status = 'draft' THEN updated_at ELSE $3 END, \
                publish_at = CASE WHEN draft_status = 'approved' THEN NULL ELSE publish_at END, \
                draft_status = 'draft' \
                WHERE id = $1 AND outline = $2";
    statement(text, params![course_id, outline, clock::now()]).expect_rows(1)
}

/// Commits only if the outline is still as it was read.
pub(crate) fn unchanged(course_id: Uuid, outline: i64) -> Statement {
    let text = "SELECT id FROM courses WHERE id = $1 AND outline = $2";
    statement(text, params![course_id, outline]).expect_rows(1)
}

/// How many modules a course has.
pub(crate) fn count_modules(course_id: Uuid) -> Result<i64, SqlError> {
    let text = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM modules WHERE course_id = $1";
    let (number,) = query_one(statement(text, params![course_id]))?;
    Ok(number)
}

/// How many lessons a module has, and its course.
pub(crate) fn count_lessons(course_id: Uuid, module_id: Uuid) -> Result<(i64, i64), SqlError> {
    let of_module = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM lessons WHERE module_id = $1";
    let of_course = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM lessons WHERE course_id = $1";
    let asked = vec![statement(of_module, params![module_id]), statement(of_course, params![course_id])];
    let mut sets = query(asked)?.into_iter();
    let mut next = || sets.next().unwrap_or_default().one::<(i64,)>();
    Ok((next()?.0, next()?.0))
}

/// The modules of a course after this place.
pub(crate) fn modules(course_id: Uuid, after: Option<i64>, limit: i64) -> Result<Vec<Module>, SqlError> {
    let which = "WHERE course_id = $1 AND order_index > $2 ORDER BY order_index LIMIT $3";
    query_all(Module::select(which, params![course_id, after.unwrap_or(-1), limit]))
}

/// The lessons of a module after this place.
pub(crate) fn lessons(module_id: Uuid, after: Option<i64>, limit: i64) -> Result<Vec<Lesson>, SqlError> {
    let which = "WHERE module_id = $1 AND order_index > $2 ORDER BY order_index LIMIT $3";
    query_all(Lesson::select(which, params![module_id, after.unwrap_or(-1), limit]))
}

/// The module of this course.
pub(crate) fn module(course_id: Uuid, id: Uuid) -> Result<Option<Module>, SqlError> {
    query_optional(Module::select("WHERE id = $1 AND course_id = $2", params![id, course_id]))
}

/// The lesson of this module of this course.
pub(crate) fn lesson(course_id: Uuid, module_id: Uuid, id: Uuid) -> Result<Option<Lesson>, SqlError> {
    let which = "WHERE id = $1 AND module_id = $2 AND course_id = $3";
    query_optional(Lesson::select(which, params![id, module_id, course_id]))
}

/// What is to be completed before each lesson of a course's draft.
pub(crate) fn prerequisites(course_id: Uuid) -> Result<BTreeMap<Uuid, Vec<Uuid>>, SqlError> {
    let text = "SELECT id, prerequisites FROM lessons WHERE course_id = $1";
    let rows: Vec<Before> = query_all(statement(text, params![course_id]))?;
    Ok(rows.into_iter().map(|row| (row.id, row.prerequisites.0)).collect())
}

struct Before {
    id: Uuid,
    prerequisites: AsJson<Vec<Uuid>>,
}
from_row!(Before { id, prerequisites });

/// A row is gone; misses it if it was changed since it was read.
fn delete<T: Versioned>(row: &T) -> Statement {
    let text = format!("DELETE FROM {} WHERE id = $1 AND version = $2", T::TABLE);
    statement(text, params![row.key(), row.version()]).expect_rows(1)
}

/// A module is gone with its lessons, and those behind it move up.
pub(crate) fn delete_module(module: &Module) -> Vec<Statement> {
    let draws = "DELETE FROM lesson_draws WHERE lesson_id IN (SELECT id FROM lessons WHERE module_id = $1)";
    let draws = statement(draws, params![module.id]);
    let lessons = statement("DELETE FROM lessons WHERE module_id = $1", params![module.id]);
    let behind = shift_modules(module.course_id, module.order_index + 1, i64::MAX, -1);
    vec![draws, lessons, delete(module), behind]
}

/// A lesson is gone, and those behind it move up.
pub(crate) fn delete_lesson(lesson: &Lesson) -> Vec<Statement> {
    let draws = statement("DELETE FROM lesson_draws WHERE lesson_id = $1", params![lesson.id]);
    vec![draws, delete(lesson), shift_lessons(lesson.module_id, lesson.order_index + 1, i64::MAX, -1)]
}

/// What stands between goes out of the way of what moves from one place to another one.
fn between(from: i64, to: i64) -> (i64, i64, i64) {
    if from < to { (from + 1, to, -1) } else { (to, from - 1, 1) }
}

/// A module goes to another place of its course; this is its row there.
pub(crate) fn move_module(from: &Module, moved: &Module) -> Vec<Statement> {
    let (first, last, by) = between(from.order_index, moved.order_index);
    vec![shift_modules(from.course_id, first, last, by), moved.update()]
}

/// A lesson goes to another place, maybe of another module; this is its row there.
pub(crate) fn move_lesson(from: &Lesson, moved: &Lesson) -> Vec<Statement> {
    let row = moved.update();
    if from.module_id == moved.module_id {
        let (first, last, by) = between(from.order_index, moved.order_index);
        return vec![shift_lessons(from.module_id, first, last, by), row];
    }
    vec![
        shift_lessons(from.module_id, from.order_index + 1, i64::MAX, -1),
        shift_lessons(moved.module_id, moved.order_index, i64::MAX, 1),
        row,
    ]
}

fn shift_modules(course_id: Uuid, first: i64, last: i64, by: i64) -> Statement {
    let text = "UPDATE modules SET order_index = order_index + $4, version = version + 1 \
                WHERE course_id = $1 AND order_index >= $2 AND order_index <= $3";
    statement(text, params![course_id, first, last, by])
}

fn shift_lessons(module_id: Uuid, first: i64, last: i64, by: i64) -> Statement {
    let text = "UPDATE lessons SET order_index = order_index + $4, version = version + 1 \
                WHERE module_id = $1 AND order_index >= $2 AND order_index <= $3";
    statement(text, params![module_id, first, last, by])
}
