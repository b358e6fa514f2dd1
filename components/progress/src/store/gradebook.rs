//! The SQL of gradebooks.

pub(crate) mod grades;
pub(crate) mod items;
pub(crate) mod totals;

use lyceum_kit::prelude::*;

use crate::domain::gradebook::settings::Settings;

/// A gradebook's settings.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub(crate) settings: Settings,
    /// 0 if nothing was said.
    pub(crate) version: i64,
    /// Counts what changes the totals of everybody.
    pub(crate) revision: i64,
    pub(crate) updated_at: Option<Timestamp>,
}

struct BookRow {
    settings: AsJson<Option<Settings>>,
    version: i64,
    revision: i64,
    updated_at: Timestamp,
}
from_row!(BookRow { settings, version, revision, updated_at });

pub(super) fn statement_of(course_id: Uuid) -> Statement {
    let text = "SELECT settings, version, revision, updated_at FROM gradebooks WHERE course_id = $1";
    statement(text, params![course_id])
}

fn made(course_id: Uuid, row: Option<BookRow>) -> Book {
    let Some(BookRow { settings, version, revision, updated_at }) = row else {
        return Book { settings: Settings::of(course_id), version: 0, revision: 0, updated_at: None };
    };
    let settings = settings.0.unwrap_or_else(|| Settings::of(course_id));
    Book { settings, version, revision, updated_at: (version > 0).then_some(updated_at) }
}

/// The settings of a course.
pub(crate) fn find(course_id: Uuid) -> Result<Book, SqlError> {
    Ok(made(course_id, query_optional(statement_of(course_id))?))
}

/// Sets them, after the version that was read; everybody's totals are to be counted again. Misses its row if somebody else was quicker.
pub(crate) fn set(course_id: Uuid, settings: &Settings, read: i64) -> Statement {
    let text = "INSERT INTO gradebooks (course_id, settings, version, updated_at, revision) VALUES ($1, $2, $3, $4, 1) \
                ON CONFLICT (course_id) DO UPDATE SET settings = excluded.settings, version = excluded.version, \
                updated_at = excluded.updated_at, revision = gradebooks.revision + 1 \
                WHERE gradebooks.version = excluded.version - 1";
    statement(text, params![course_id, AsJson(settings), read + 1, clock::now()]).expect_rows(1)
}

/// Everybody's totals are to be counted again.
pub(crate) fn changed(course_id: Uuid) -> Statement {
    let text = "INSERT INTO gradebooks (course_id, settings, version, updated_at, revision) VALUES ($1, 'null', 0, $2, 1) \
                ON CONFLICT (course_id) DO UPDATE SET revision = gradebooks.revision + 1";
    statement(text, params![course_id, clock::now()])
}

/// A course whose totals are not all counted by its revision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsettled {
    pub(crate) course_id: Uuid,
    pub(crate) revision: i64,
}
from_row!(Unsettled { course_id, revision });

/// Such courses, after this one.
pub(crate) fn unsettled(after: Option<&Unsettled>, limit: u16) -> Result<Vec<Unsettled>, SqlError> {
    let text = "SELECT course_id, revision FROM gradebooks WHERE settled < revision AND course_id > $1 \
                ORDER BY course_id LIMIT $2";
    let id = after.map_or(Uuid::nil(), |after| after.course_id);
    query_all(statement(text, params![id, limit]))
}

/// All of them are counted by this revision.
pub(crate) fn settled(unsettled: Unsettled) -> Statement {
    let text = "UPDATE gradebooks SET settled = $2 WHERE course_id = $1 AND settled < $2";
    statement(text, params![unsettled.course_id, unsettled.revision])
}

#[cfg(test)]
mod tests;
