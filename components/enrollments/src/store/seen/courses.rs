//! Courses.

use lyceum_event_types::courses::{CourseCreated, CourseDeleted, CoursePublished, CourseUpdated, Status};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

use crate::domain::CourseSeen;

const COURSES: ReadModel = ReadModel::of("courses_seen", &["course_id"], "courses_sequence");

from_row!(CourseSeen {
    course_id,
    title,
    status,
    visibility,
    organization_id,
    price,
    currency,
    published_version,
    prerequisites,
    required_competencies,
    instructor_ids,
    removed,
});

/// The course, be it gone.
pub(crate) fn course(course_id: Uuid) -> Result<Option<CourseSeen>, SqlError> {
    let text = "SELECT course_id, title, status, visibility, organization_id, price, currency, published_version, \
                prerequisites, required_competencies, instructor_ids, removed FROM courses_seen WHERE course_id = $1";
    query_optional(statement(text, params![course_id]))
}

/// Whether it is known that a course is gone.
pub(crate) fn is_removed(course_id: Uuid) -> Result<bool, SqlError> {
    Ok(course(course_id)?.is_some_and(|course| course.removed))
}

/// Finds a course that anybody begins at present.
pub(crate) fn is_open(course_id: Uuid) -> Statement {
    let text = "SELECT course_id FROM courses_seen WHERE course_id = $1 AND status = 'published' AND removed = FALSE";
    statement(text, params![course_id]).expect_rows(1)
}

/// A course was begun.
pub(crate) fn course_created(projection: &Projection<'_>, created: &CourseCreated) -> Result<(), EventError> {
    let values = [
        ("title", created.title.as_str().into_value()),
        ("instructor_ids", AsJson(&created.instructor_ids).into_value()),
    ];
    projection.upsert(&COURSES, params![created.course_id], &values).commit()
}

/// What holds whatever the version was changed.
pub(crate) fn course_updated(projection: &Projection<'_>, updated: &CourseUpdated) -> Result<(), EventError> {
    let values = [
        ("title", updated.title.as_str().into_value()),
        ("instructor_ids", AsJson(&updated.instructor_ids).into_value()),
        ("status", updated.status.into_value()),
        ("visibility", updated.visibility.into_value()),
        ("organization_id", updated.organization_id.into_value()),
        ("price", updated.price.into_value()),
        ("currency", updated.currency.as_deref().into_value()),
        ("published_version", updated.published_version.into_value()),
    ];
    projection.upsert(&COURSES, params![updated.course_id], &values).commit()
}

/// A version was published.
pub(crate) fn course_published(
    projection: &Projection<'_>,
    published: &CoursePublished,
) -> Result<(), EventError> {
    let values = [
        ("title", published.title.as_str().into_value()),
        ("instructor_ids", AsJson(&published.instructor_ids).into_value()),
        ("status", Status::Published.into_value()),
        ("visibility", published.visibility.into_value()),
        ("organization_id", published.organization_id.into_value()),
        ("price", published.price.into_value()),
        ("currency", published.currency.as_deref().into_value()),
        ("published_version", published.version.into_value()),
        ("prerequisites", AsJson(&published.prerequisites).into_value()),
        ("required_competencies", AsJson(&published.required_competencies).into_value()),
    ];
    projection.upsert(&COURSES, params![published.course_id], &values).commit()
}

/// A course is gone. What it was called is said of the enrolments that there were.
pub(crate) fn course_deleted(projection: &Projection<'_>, deleted: &CourseDeleted) -> Result<(), EventError> {
    let title = "SELECT title FROM courses_seen WHERE course_id = $1";
    let known: Option<(String,)> = query_optional(statement(title, params![deleted.course_id]))?;
    let title = known.map(|(title,)| title).unwrap_or_default();
    let values = [("title", title.into_value()), ("removed", true.into_value())];
    projection.upsert(&COURSES, params![deleted.course_id], &values).commit()
}
