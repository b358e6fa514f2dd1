//! The SQL of published versions.

use lyceum_event_types::courses::{PublishedLesson, PublishedModule};
use lyceum_kit::from_row;
use lyceum_kit::prelude::*;
use serde_json::{Map, Value as Json};

use super::banks;
use crate::domain::PartStatus;
use crate::domain::course::Course;
use crate::domain::lesson::{LessonType, LessonView};
use crate::domain::module::ModuleView;
use crate::domain::version::{Version, VersionView};

from_row!(Version {
    number,
    title,
    description,
    short_description,
    image_url,
    language,
    level,
    duration,
    tags,
    prerequisites,
    required_competencies,
    learning_objectives,
    metadata,
    published_at
});

const COLUMNS: &str = "number, title, description, short_description, image_url, language, level, duration, tags, \
                       prerequisites, required_competencies, learning_objectives, metadata, published_at";

/// A version of a course.
pub(crate) fn version(course_id: Uuid, number: i64) -> Result<Option<Version>, SqlError> {
    let text = format!("SELECT {COLUMNS} FROM course_versions WHERE course_id = $1 AND number = $2");
    query_optional(statement(text, params![course_id, number]))
}

/// The versions of a course before this one, the newest first.
pub(crate) fn versions(
    course_id: Uuid,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<VersionView>, SqlError> {
    let text = "SELECT number AS version, title, published_at FROM course_versions \
                WHERE course_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
    query_all(statement(text, params![course_id, before.unwrap_or(i64::MAX), limit]))
}
from_row!(VersionView { version, title, published_at });

/// The draft as a version: what the course's row says, and those of its modules and lessons that are meant to be part of it.
pub(crate) fn insert(course_id: Uuid, version: &Version) -> Vec<Statement> {
    let number = version.number;
    let text = format!(
        "INSERT INTO course_versions (course_id, {COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let own = params![
        course_id,
        number,
        &version.title,
        &version.description,
        &version.short_description,
        &version.image_url,
        &version.language,
        version.level,
        version.duration,
        &version.tags,
        &version.prerequisites,
        &version.required_competencies,
        &version.learning_objectives,
        &version.metadata,
        version.published_at
    ];
    let modules = "INSERT INTO version_modules (course_id, number, id, title, description, order_index, duration, metadata) \
                   SELECT m.course_id, CAST($2 AS BIGINT), m.id, m.title, m.description, \
                   ROW_NUMBER() OVER (ORDER BY m.order_index) - 1, m.duration, m.metadata \
                   FROM modules m WHERE m.course_id = $1 AND m.status = 'published'";
    let lessons = "INSERT INTO version_lessons (course_id, number, module_id, id, title, description, order_index, duration, \
                   kind, content_id, metadata, preview, available_from, available_until, prerequisites) \
                   SELECT l.course_id, CAST($2 AS BIGINT), l.module_id, l.id, l.title, l.description, \
                   ROW_NUMBER() OVER (PARTITION BY l.module_id ORDER BY l.order_index) - 1, l.duration, l.kind, l.content_id, \
                   l.metadata, l.preview, l.available_from, l.available_until, l.prerequisites \
                   FROM lessons l CROSS JOIN modules m WHERE l.course_id = $1 AND l.status = 'published' \
                   AND m.id = l.module_id AND m.status = 'published'";
    let parts = [modules, lessons].map(|text| statement(text, params![course_id, number]));
    std::iter::once(statement(text, own))
        .chain(parts)
        .chain([banks::insert_version(course_id, number)])
        .collect()
}

struct Part {
    module_id: Uuid,
    lesson_id: Option<Uuid>,
    kind: Option<String>,
}
from_row!(Part { module_id, lesson_id, kind });

/// What of the draft is meant to be part of the next version, in order.
pub(crate) fn parts(course: &Course) -> Result<Vec<PublishedModule>, SqlError> {
    let text = "SELECT m.id AS module_id, l.id AS lesson_id, l.kind AS kind FROM modules m \
                LEFT JOIN lessons l ON l.module_id = m.id AND l.status = 'published' \
                WHERE m.course_id = $1 AND m.status = 'published' ORDER BY m.order_index, l.order_index";
    let rows: Vec<Part> = query_all(statement(text, params![course.id]))?;
    let mut modules: Vec<PublishedModule> = Vec::new();
    for Part { module_id, lesson_id, kind } in rows {
        if modules.last().is_none_or(|module| module.module_id != module_id) {
            modules.push(PublishedModule { module_id, lessons: Vec::new() });
        }
        let lesson = lesson_id.zip(kind).map(|(lesson_id, kind)| PublishedLesson {
            lesson_id,
            quiz_id: (kind == LessonType::Quiz.name()).then_some(lesson_id),
            assignment_id: (kind == LessonType::Assignment.name()).then_some(lesson_id),
            kind,
        });
        if let Some(module) = modules.last_mut() {
            module.lessons.extend(lesson);
        }
    }
    Ok(modules)
}

struct ModuleRow {
    id: Uuid,
    title: String,
    description: Option<String>,
    order_index: i64,
    duration: Option<i64>,
    metadata: AsJson<Map<String, Json>>,
}
from_row!(ModuleRow { id, title, description, order_index, duration, metadata });

impl ModuleRow {
    fn shown(self, course_id: Uuid) -> ModuleView {
        let Self { id, title, description, order_index, duration, metadata } = self;
        let status = PartStatus::Published;
        ModuleView { id, course_id, title, description, order_index, duration, status, metadata: metadata.0 }
    }
}

/// The modules of a version after this place.
pub(crate) fn modules(
    course_id: Uuid,
    number: i64,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<ModuleView>, SqlError> {
    let text = "SELECT id, title, description, order_index, duration, metadata FROM version_modules \
                WHERE course_id = $1 AND number = $2 AND order_index > $3 ORDER BY order_index LIMIT $4";
    let rows: Vec<ModuleRow> =
        query_all(statement(text, params![course_id, number, after.unwrap_or(-1), limit]))?;
    Ok(rows.into_iter().map(|row| row.shown(course_id)).collect())
}

/// A module of a version.
pub(crate) fn module(course_id: Uuid, number: i64, id: Uuid) -> Result<Option<ModuleView>, SqlError> {
    let text = "SELECT id, title, description, order_index, duration, metadata FROM version_modules \
                WHERE course_id = $1 AND number = $2 AND id = $3";
    let row: Option<ModuleRow> = query_optional(statement(text, params![course_id, number, id]))?;
    Ok(row.map(|row| row.shown(course_id)))
}

struct LessonRow {
    id: Uuid,
    module_id: Uuid,
    title: String,
    description: Option<String>,
    order_index: i64,
    duration: Option<i64>,
    kind: LessonType,
    content_id: String,
    metadata: AsJson<Map<String, Json>>,
    preview: bool,
    available_from: Option<Timestamp>,
    available_until: Option<Timestamp>,
    prerequisites: AsJson<Vec<Uuid>>,
}
from_row!(LessonRow {
    id,
    module_id,
    title,
    description,
    order_index,
    duration,
    kind,
    content_id,
    metadata,
    preview,
    available_from,
    available_until,
    prerequisites
});

impl LessonRow {
    /// With the id of its content.
    fn shown(self) -> (LessonView, String) {
        let view = LessonView {
            id: self.id,
            module_id: self.module_id,
            title: self.title,
            description: self.description,
            order_index: self.order_index,
            duration: self.duration,
            kind: self.kind,
            status: PartStatus::Published,
            metadata: self.metadata.0,
            preview: self.preview,
            available_from: self.available_from,
            available_until: self.available_until,
            prerequisites: self.prerequisites.0,
            content: None,
        };
        (view, self.content_id)
    }
}

const LESSON: &str = "SELECT id, module_id, title, description, order_index, duration, kind, content_id, metadata, \
                      preview, available_from, available_until, prerequisites \
                      FROM version_lessons WHERE course_id = $1 AND number = $2";

/// The lessons of a module of a version after this place.
pub(crate) fn lessons(
    course_id: Uuid,
    number: i64,
    module_id: Uuid,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<LessonView>, SqlError> {
    let text = format!("{LESSON} AND module_id = $3 AND order_index > $4 ORDER BY order_index LIMIT $5");
    let asked = params![course_id, number, module_id, after.unwrap_or(-1), limit];
    let rows: Vec<LessonRow> = query_all(statement(text, asked))?;
    Ok(rows.into_iter().map(|row| row.shown().0).collect())
}

/// A lesson of a version, with the id of its content.
pub(crate) fn lesson(
    course_id: Uuid,
    number: i64,
    module_id: Uuid,
    id: Uuid,
) -> Result<Option<(LessonView, String)>, SqlError> {
    let found = any_lesson(course_id, number, id)?;
    Ok(found.filter(|(lesson, _)| lesson.module_id == module_id))
}

/// The same in whatever module.
pub(crate) fn any_lesson(
    course_id: Uuid,
    number: i64,
    id: Uuid,
) -> Result<Option<(LessonView, String)>, SqlError> {
    let text = format!("{LESSON} AND id = $3");
    let row: Option<LessonRow> = query_optional(statement(text, params![course_id, number, id]))?;
    Ok(row.map(LessonRow::shown))
}
