//! The SQL of courses and their drafts.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::course::{Course, DraftStatus, Status};

row!(versioned Course in "courses" {
    id, slug, title, description, short_description, image_url, visibility, organization_id, price, currency, language, level, duration, tags,
    prerequisites, required_competencies, learning_objectives, instructor_ids, metadata, category_id, is_template, status, draft_status, review_comment,
    publish_at, published_version, published_title, published_at, version, created_at, updated_at
});

/// A course, and how often its outline was changed, as of one moment.
pub(crate) fn with_outline(id: Uuid) -> Result<Option<(Course, i64)>, SqlError> {
    let outline = statement("SELECT outline FROM courses WHERE id = $1", params![id]);
    let mut sets = query(vec![Course::select("WHERE id = $1", params![id]), outline])?.into_iter();
    let course: Option<Course> = sets.next().unwrap_or_default().optional()?;
    let outline: Option<(i64,)> = sets.next().unwrap_or_default().optional()?;
    Ok(course.zip(outline.map(|(outline,)| outline)))
}

/// Who gives it now.
pub(crate) fn set_instructors(course: &Course) -> Vec<Statement> {
    let mut statements = vec![without_instructors(course.id)];
    statements.extend(course.instructor_ids.0.iter().map(|user_id| {
        let text = "INSERT INTO course_instructors (user_id, course_id) VALUES ($1, $2)";
        statement(text, params![*user_id, course.id])
    }));
    statements
}

fn without_instructors(course_id: Uuid) -> Statement {
    statement("DELETE FROM course_instructors WHERE course_id = $1", params![course_id])
}

/// Those of these courses that there are.
pub(crate) fn existing(ids: &[Uuid]) -> Result<Vec<Uuid>, SqlError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
    let text = format!("SELECT id FROM courses WHERE id IN ({})", places.join(", "));
    let found: Vec<(Uuid,)> = query_all(statement(text, ids.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Which courses somebody asks for among those that they may change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Only those that this person gives.
    pub(crate) instructor: Option<UserId>,
    pub(crate) status: Option<Status>,
    pub(crate) draft_status: Option<DraftStatus>,
    /// Only those that were created before this one.
    pub(crate) before: Option<Uuid>,
    pub(crate) limit: i64,
}

/// The newest first.
pub(crate) fn wanted(wanted: Wanted) -> Result<Vec<Course>, SqlError> {
    let (mut params, mut conditions) = (Vec::new(), Vec::new());
    let mut add = |condition: &str, value: Value| {
        params.push(value);
        conditions.push(format!("{condition} ${}", params.len()));
    };
    if let Some(before) = wanted.before {
        add(if wanted.instructor.is_some() { "i.course_id <" } else { "courses.id <" }, before.into_value());
    }
    if let Some(status) = wanted.status {
        add("status =", status.into_value());
    }
    if let Some(status) = wanted.draft_status {
        add("draft_status =", status.into_value());
    }
    let (from, order) = if let Some(instructor) = wanted.instructor {
        add("i.user_id =", instructor.into_value());
        (", course_instructors i", "i.course_id")
    } else {
        ("", "courses.id")
    };
    if wanted.instructor.is_some() {
        conditions.push("courses.id = i.course_id".to_owned());
    }
    let which =
        if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
    params.push(wanted.limit.into_value());
    let limit = params.len();
    query_all(Course::select(&format!("{from} {which} ORDER BY {order} DESC LIMIT ${limit}"), params))
}

/// Those that everybody who creates courses may copy, the newest first.
pub(crate) fn templates(before: Option<Uuid>, limit: i64) -> Result<Vec<Course>, SqlError> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let which = "WHERE is_template = TRUE AND id < $1 ORDER BY id DESC LIMIT $2";
    query_all(Course::select(which, params![before, limit]))
}

/// The first courses that are to be published by now, after this one.
pub(crate) fn due(now: Timestamp, after: Option<&Course>, limit: u16) -> Result<Vec<Course>, SqlError> {
    let (at, id) = after.map_or((Timestamp::from_micros(0), String::new()), |course| {
        (course.publish_at.unwrap_or(now), course.id.to_string())
    });
    let which = "WHERE publish_at IS NOT NULL AND publish_at <= $1 AND (publish_at > $2 OR (publish_at = $2 AND id > $3)) \
                 ORDER BY publish_at, id LIMIT $4";
    query_all(Course::select(which, params![now, at, id, limit]))
}

/// The first courses that this person gives.
pub(crate) fn given_by(user_id: UserId, limit: u16) -> Result<Vec<Course>, SqlError> {
    let which = ", course_instructors i WHERE i.user_id = $1 AND courses.id = i.course_id ORDER BY i.course_id LIMIT $2";
    query_all(Course::select(which, params![user_id, limit]))
}

/// A course is gone with all that belongs to it; misses its row if it was changed since it was read.
pub(crate) fn delete(course: &Course) -> Vec<Statement> {
    let id = course.id;
    let of_course = [
        "course_copies",
        "reviews",
        "stale_listings",
        "version_banks",
        "version_lessons",
        "version_modules",
        "course_versions",
        "lesson_draws",
        "question_banks",
        "lessons",
        "modules",
    ];
    let parts = of_course
        .map(|table| statement(format!("DELETE FROM {table} WHERE course_id = $1"), params![id]))
        .into_iter();
    let own = statement("DELETE FROM courses WHERE id = $1 AND version = $2", params![id, course.version]);
    parts.chain([without_instructors(id), own.expect_rows(1)]).collect()
}
