//! What courses, enrolments and users tell.

use lyceum_event_types::courses::{CoursePublished, PublishedModule};
use lyceum_kit::erasure::is_erased;
use lyceum_kit::prelude::*;
use lyceum_kit::projection::{Projection, ReadModel};

use crate::domain::seen::{SeenCourse, SeenEnrollment};

const COURSES: ReadModel = ReadModel::of("courses_seen", &["course_id"], "courses_sequence");
const VERSIONS: ReadModel = ReadModel::of("course_versions", &["course_id", "version"], "courses_sequence");
const ENROLLMENTS: ReadModel = ReadModel::of("enrollments_seen", &["enrollment_id"], "enrollments_sequence");
const PEOPLE: ReadModel = ReadModel::of("people_seen", &["user_id"], "users_sequence");
/// Rows that one statement inserts.
const ROWS: usize = 200;

from_row!(SeenCourse { title, instructor_ids, removed });
from_row!(SeenEnrollment {
    enrollment_id,
    course_id,
    user_id,
    course_version,
    enrolled_at,
    starts_at,
    expires_at,
    ended
});

const ENROLLMENT: &str = "SELECT enrollment_id, course_id, user_id, course_version, enrolled_at, starts_at, expires_at, ended \
                          FROM enrollments_seen";

/// A course is so now.
pub(crate) fn course(
    projection: &Projection<'_>,
    course_id: Uuid,
    title: &str,
    instructor_ids: &[UserId],
) -> Result<(), EventError> {
    let values = [
        ("title", title.into_value()),
        ("instructor_ids", AsJson(instructor_ids).into_value()),
        ("removed", false.into_value()),
    ];
    projection.upsert(&COURSES, params![course_id], &values).commit()
}

/// A version is there for ever, whatever else is told of the course.
pub(crate) fn version(projection: &Projection<'_>, published: &CoursePublished) -> Result<(), EventError> {
    let values = [
        ("title", published.title.as_str().into_value()),
        ("modules", AsJson(&published.modules).into_value()),
        ("published_at", published.published_at.into_value()),
    ];
    projection
        .upsert(&VERSIONS, params![published.course_id, published.version], &values)
        .execute_all(items(published.course_id, published.version, &published.modules))
        .commit()
}

/// In which lesson each quiz and assignment is.
fn items(course_id: Uuid, version: i64, modules: &[PublishedModule]) -> Vec<Statement> {
    let of_module = |module: &PublishedModule| {
        let module_id = module.module_id;
        let lessons = module.lessons.clone().into_iter();
        lessons.flat_map(move |lesson| {
            let quiz = lesson.quiz_id.map(|id| (id, "quiz"));
            let assignment = lesson.assignment_id.map(|id| (id, "assignment"));
            quiz.into_iter().chain(assignment).map(move |(id, kind)| (id, module_id, lesson.lesson_id, kind))
        })
    };
    let all: Vec<(Uuid, Uuid, Uuid, &str)> = modules.iter().flat_map(of_module).collect();
    let insert = |rows: &[(Uuid, Uuid, Uuid, &str)]| {
        let mut values = params![course_id, version];
        let mut places = Vec::new();
        for (item_id, module_id, lesson_id, kind) in rows {
            let first = values.len() + 1;
            values.extend(params![*item_id, *module_id, *lesson_id, *kind]);
            places.push(format!("($1, $2, ${first}, ${}, ${}, ${})", first + 1, first + 2, first + 3));
        }
        let text = format!(
            "INSERT INTO version_items (course_id, version, item_id, module_id, lesson_id, kind) VALUES {} \
             ON CONFLICT (item_id, course_id, version) DO NOTHING",
            places.join(", ")
        );
        statement(text, values)
    };
    all.chunks(ROWS).map(insert).collect()
}

/// A course is gone. What was learned there stays.
pub(crate) fn no_course(projection: &Projection<'_>, course_id: Uuid) -> Result<(), EventError> {
    let nobody: [UserId; 0] = [];
    let values = [
        ("title", "".into_value()),
        ("instructor_ids", AsJson(nobody).into_value()),
        ("removed", true.into_value()),
    ];
    projection.upsert(&COURSES, params![course_id], &values).commit()
}

/// Somebody learns, on that version and within those dates. Since when stays if it isn't told again.
pub(crate) fn enrollment(projection: &Projection<'_>, enrollment: &SeenEnrollment) -> Result<(), EventError> {
    if is_erased(enrollment.user_id)? {
        return Ok(());
    }
    let mut values = vec![
        ("course_id", enrollment.course_id.into_value()),
        ("user_id", enrollment.user_id.into_value()),
        ("course_version", enrollment.course_version.into_value()),
        ("starts_at", enrollment.starts_at.into_value()),
        ("expires_at", enrollment.expires_at.into_value()),
        ("ended", false.into_value()),
    ];
    values.extend(enrollment.enrolled_at.map(|at| ("enrolled_at", at.into_value())));
    projection.upsert(&ENROLLMENTS, params![enrollment.enrollment_id], &values).commit()
}

/// Somebody doesn't learn there any more. On which version they were stays.
pub(crate) fn no_enrollment(
    projection: &Projection<'_>,
    enrollment_id: Uuid,
    course_id: Uuid,
    user_id: UserId,
) -> Result<(), EventError> {
    if is_erased(user_id)? {
        return Ok(());
    }
    let known = "SELECT course_version FROM enrollments_seen WHERE enrollment_id = $1";
    let known: Option<(i64,)> = query_optional(statement(known, params![enrollment_id]))?;
    let values = [
        ("course_id", course_id.into_value()),
        ("user_id", user_id.into_value()),
        ("course_version", known.map_or(0, |(version,)| version).into_value()),
        ("ended", true.into_value()),
    ];
    projection.upsert(&ENROLLMENTS, params![enrollment_id], &values).commit()
}

/// What a person is called.
pub(crate) fn person(
    projection: &Projection<'_>,
    user_id: UserId,
    display_name: &str,
) -> Result<(), EventError> {
    if is_erased(user_id)? {
        return Ok(());
    }
    projection.upsert(&PEOPLE, params![user_id], &[("display_name", display_name.into_value())]).commit()
}

/// What somebody is called.
pub(crate) fn name(user_id: UserId) -> Statement {
    statement("SELECT display_name FROM people_seen WHERE user_id = $1", params![user_id])
}

/// A person's enrolments in a course, and the course.
pub(crate) fn of_person(
    user_id: UserId,
    course_id: Uuid,
) -> Result<(Vec<SeenEnrollment>, Option<SeenCourse>), SqlError> {
    let enrollments = format!("{ENROLLMENT} WHERE user_id = $1 AND course_id = $2");
    let sets = query(vec![statement(enrollments, params![user_id, course_id]), course_statement(course_id)])?;
    let mut sets = sets.into_iter();
    let enrollments = sets.next().unwrap_or_default().all()?;
    Ok((enrollments, sets.next().unwrap_or_default().optional()?))
}

/// An enrolment by its id.
pub(crate) fn enrollment_by_id(enrollment_id: Uuid) -> Result<Option<SeenEnrollment>, SqlError> {
    query_optional(statement(format!("{ENROLLMENT} WHERE enrollment_id = $1"), params![enrollment_id]))
}

/// A course, if anything was told of it.
pub(crate) fn course_by_id(course_id: Uuid) -> Result<Option<SeenCourse>, SqlError> {
    query_optional(course_statement(course_id))
}

/// The courses that somebody learns in or learned in.
pub(crate) fn courses_of(user_id: UserId) -> Result<Vec<SeenCourse>, SqlError> {
    let text = "SELECT c.title AS title, c.instructor_ids AS instructor_ids, c.removed AS removed FROM enrollments_seen e \
                CROSS JOIN courses_seen c WHERE e.user_id = $1 AND c.course_id = e.course_id AND c.removed = FALSE";
    query_all(statement(text, params![user_id]))
}

fn course_statement(course_id: Uuid) -> Statement {
    let text = "SELECT title, instructor_ids, removed FROM courses_seen WHERE course_id = $1";
    statement(text, params![course_id])
}

/// Fails with `not-yet` unless everything is known here that was told of an enrolment up to this event.
pub(crate) fn follows(enrollment_id: Uuid, received: &Received) -> Result<(), EventError> {
    let text = "SELECT enrollments_sequence FROM enrollments_seen WHERE enrollment_id = $1";
    let known: Option<(i64,)> = query_optional(statement(text, params![enrollment_id]))?;
    let told = received.sequence.and_then(|sequence| i64::try_from(sequence).ok()).unwrap_or_default();
    match known {
        Some((known,)) if known >= told => Ok(()),
        _ => Err(EventError::not_yet("the row of enrollments_seen with this event")),
    }
}
