//! All that a version, or the draft, says, for comparing them.

use std::collections::BTreeMap;

use lyceum_kit::from_row;
use lyceum_kit::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::domain::diff::Whole;
use crate::domain::version::Version;

struct Part {
    id: Uuid,
    module_id: Option<Uuid>,
    title: String,
    description: Option<String>,
    duration: Option<i64>,
    kind: Option<String>,
    content_id: Option<String>,
    metadata: AsJson<Json>,
    preview: Option<bool>,
    available_from: Option<Timestamp>,
    available_until: Option<Timestamp>,
    prerequisites: Option<AsJson<Json>>,
}
from_row!(Part {
    id,
    module_id,
    title,
    description,
    duration,
    kind,
    content_id,
    metadata,
    preview,
    available_from,
    available_until,
    prerequisites
});

const MODULE: &str = "SELECT id, NULL AS module_id, title, description, duration, NULL AS kind, NULL AS content_id, metadata, \
                      NULL AS preview, NULL AS available_from, NULL AS available_until, NULL AS prerequisites FROM";
const LESSON: &str = "SELECT l.id AS id, l.module_id AS module_id, l.title AS title, l.description AS description, \
                      l.duration AS duration, l.kind AS kind, l.content_id AS content_id, l.metadata AS metadata, \
                      l.preview AS preview, l.available_from AS available_from, l.available_until AS available_until, \
                      l.prerequisites AS prerequisites FROM";

/// A published version.
pub(crate) fn of_version(course_id: Uuid, version: &Version) -> Result<Whole, SqlError> {
    let modules =
        format!("{MODULE} version_modules WHERE course_id = $1 AND number = $2 ORDER BY order_index");
    let lessons = format!(
        "{LESSON} version_lessons l WHERE l.course_id = $1 AND l.number = $2 ORDER BY l.module_id, l.order_index"
    );
    whole(version, [modules, lessons].map(|text| statement(text, params![course_id, version.number])))
}

/// The draft as the version that it would become.
pub(crate) fn of_draft(course_id: Uuid, version: &Version) -> Result<Whole, SqlError> {
    let modules =
        format!("{MODULE} modules WHERE course_id = $1 AND status = 'published' ORDER BY order_index");
    let lessons = format!(
        "{LESSON} lessons l CROSS JOIN modules m WHERE l.course_id = $1 AND l.status = 'published' AND m.id = l.module_id \
         AND m.status = 'published' ORDER BY l.module_id, l.order_index"
    );
    whole(version, [modules, lessons].map(|text| statement(text, params![course_id])))
}

fn whole(version: &Version, statements: [Statement; 2]) -> Result<Whole, SqlError> {
    let mut sets = query(statements.into())?.into_iter();
    let mut next = || sets.next().unwrap_or_default().all::<Part>();
    let (modules, lessons) = (parts(next()?), parts(next()?));
    let course = json!({
        "title": version.title,
        "description": version.description,
        "short_description": version.short_description,
        "image_url": version.image_url,
        "language": version.language,
        "level": version.level,
        "duration": version.duration,
        "tags": version.tags,
        "prerequisites": version.prerequisites,
        "required_competencies": version.required_competencies,
        "learning_objectives": version.learning_objectives,
        "metadata": version.metadata,
    });
    let course = if let Json::Object(course) = course { course } else { Map::new() };
    Ok(Whole { course, modules, lessons })
}

/// What is said of each; its place is counted among those of its module.
fn parts(rows: Vec<Part>) -> BTreeMap<Uuid, Map<String, Json>> {
    let mut places: BTreeMap<Option<Uuid>, i64> = BTreeMap::new();
    let described = rows.into_iter().map(|part| {
        let place = places.entry(part.module_id).or_insert(-1);
        *place += 1;
        let mut fields = Map::new();
        let mut say = |name: &str, value: Json| fields.insert(name.to_owned(), value);
        say("title", json!(part.title));
        say("description", json!(part.description));
        say("order_index", json!(*place));
        say("duration", json!(part.duration));
        say("metadata", part.metadata.0);
        if let Some(module_id) = part.module_id {
            say("module_id", json!(module_id));
            say("type", json!(part.kind));
            say("content", json!(part.content_id));
            say("preview", json!(part.preview));
            say("available_from", json!(part.available_from));
            say("available_until", json!(part.available_until));
            say("prerequisites", part.prerequisites.map_or(Json::Null, |prerequisites| prerequisites.0));
        }
        (part.id, fields)
    });
    described.collect()
}
