//! The SQL of copies of courses: what there is to be copied, and which ones a job is still filling.

use lyceum_kit::from_row;
use lyceum_kit::prelude::*;

use super::{banks, outline, versions};
use crate::domain::copying::{CopiedPart, Copying, Part};
use crate::domain::lesson::LessonView;
use crate::domain::module::ModuleView;

/// A job begins to fill this course.
pub(crate) fn begun(course_id: Uuid) -> Statement {
    let text = "INSERT INTO course_copies (course_id, since) VALUES ($1, $2)";
    statement(text, params![course_id, clock::now()])
}

/// It is filled.
pub(crate) fn ended(course_id: Uuid) -> Statement {
    statement("DELETE FROM course_copies WHERE course_id = $1", params![course_id])
}

/// Whether a job is filling it, or was ended before it had.
pub(crate) fn is_being_filled(course_id: Uuid) -> Result<bool, SqlError> {
    let text = "SELECT since FROM course_copies WHERE course_id = $1";
    let since: Option<(Timestamp,)> = query_optional(statement(text, params![course_id]))?;
    Ok(since.is_some())
}

struct Found {
    id: Uuid,
    module_id: Option<Uuid>,
    order_index: i64,
}
from_row!(Found { id, module_id, order_index });

/// All that is to be copied: what others refer to, before those.
pub(crate) fn parts(copying: Copying) -> Result<Vec<CopiedPart>, SqlError> {
    let (banks, modules, lessons) = if copying.version.is_some() {
        ("version_banks", "version_modules", "version_lessons")
    } else {
        ("question_banks", "modules", "lessons")
    };
    let which = "WHERE course_id = $1";
    let which = if copying.version.is_some() { format!("{which} AND number = $2") } else { which.to_owned() };
    let banks = format!(
        "SELECT id, NULL AS module_id, CAST(0 AS BIGINT) AS order_index FROM {banks} {which} ORDER BY id"
    );
    let modules =
        format!("SELECT id, NULL AS module_id, order_index FROM {modules} {which} ORDER BY order_index");
    let lessons =
        format!("SELECT id, module_id, order_index FROM {lessons} {which} ORDER BY module_id, order_index");
    let params = || {
        let mut params = params![copying.source_id];
        params.extend(copying.version.map(IntoValue::into_value));
        params
    };
    let asked = [banks, modules, lessons].map(|text| statement(text, params()));
    let mut sets = query(asked.into())?.into_iter();
    let mut parts = Vec::new();
    for part in [Part::Bank, Part::Module, Part::Lesson] {
        let found = sets.next().unwrap_or_default().all::<Found>()?;
        parts.extend(
            found.into_iter().map(|found| copying.part(part, found.id, found.module_id, found.order_index)),
        );
    }
    parts.push(copying.part(Part::End, copying.course_id, None, 0));
    Ok(parts)
}

/// A question bank that is copied.
pub(crate) struct BankFound {
    /// Not known of a version's if the draft has it no more.
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) content_id: String,
}
from_row!(BankFound { title, description, content_id });

pub(crate) fn bank(copying: Copying, id: Uuid) -> Result<Option<BankFound>, SqlError> {
    let Some(number) = copying.version else {
        let found = banks::bank(copying.source_id, id)?;
        return Ok(found.map(|bank| BankFound {
            title: Some(bank.title),
            description: bank.description,
            content_id: bank.content_id,
        }));
    };
    let text = "SELECT q.title AS title, q.description AS description, v.content_id AS content_id FROM version_banks v \
                LEFT JOIN question_banks q ON q.id = v.id WHERE v.course_id = $1 AND v.number = $2 AND v.id = $3";
    query_optional(statement(text, params![copying.source_id, number, id]))
}

pub(crate) fn module(copying: Copying, id: Uuid) -> Result<Option<ModuleView>, SqlError> {
    match copying.version {
        Some(number) => versions::module(copying.source_id, number, id),
        None => Ok(outline::module(copying.source_id, id)?.map(ModuleView::from)),
    }
}

/// A lesson, with the id of its content.
pub(crate) fn lesson(
    copying: Copying,
    module_id: Uuid,
    id: Uuid,
) -> Result<Option<(LessonView, String)>, SqlError> {
    if let Some(number) = copying.version {
        return versions::lesson(copying.source_id, number, module_id, id);
    }
    let found = outline::lesson(copying.source_id, module_id, id)?;
    Ok(found.map(|lesson| {
        let content_id = lesson.content_id.clone();
        (LessonView::from(lesson), content_id)
    }))
}
