//! Lists of entries, the newest first.

use lyceum_event_types::students::EntryKind;
use lyceum_kit::documents::{all, field};
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{GRADE, READ, person};
use crate::domain::EntryView;
use crate::keys::Wanted;
use crate::store::ENTRIES;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfStudent {
    /// Only those of this course.
    course_id: Option<Uuid>,
    /// Only those of this kind.
    kind: Option<EntryKind>,
    /// Only what happened at this time or later.
    from: Option<Timestamp>,
    /// Only what happened before this time.
    to: Option<Timestamp>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfAll {
    /// Only those about this student.
    #[param(value_type = Option<Uuid>)]
    student_id: Option<UserId>,
    /// Only those of this course.
    course_id: Option<Uuid>,
    /// Only those of this kind.
    kind: Option<EntryKind>,
    /// Only what happened at this time or later.
    from: Option<Timestamp>,
    /// Only what happened before this time.
    to: Option<Timestamp>,
}

/// Lists what is written down about a student, the newest first: all of it for staff, what is visible for the student.
#[utoipa::path(get, path = "/api/v1/students/{id}/entries",
    params(("id" = String, Path, description = "A user id, or me"), OfStudent,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<EntryView>),
        (status = 404, description = "The caller sees nothing of this person")))]
pub(super) async fn of_student(
    caller: Caller,
    Path(subject): Path<Subject>,
    Query(query): Query<OfStudent>,
    page: Page,
) -> Result<Response, Problem> {
    let student = person(subject, &caller);
    if student != caller.user_id && !caller.may(READ) {
        return Err(Problem::not_found("There is no such student."));
    }
    let OfStudent { course_id, kind, from, to } = query;
    answer(&caller, Wanted { student: Some(student), course: course_id, kind, from, to }, &page)
}

/// Lists what is written down about all students, the newest first.
#[utoipa::path(get, path = "/api/v1/student-entries",
    params(OfAll,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<EntryView>)))]
pub(super) async fn of_all(
    caller: Caller,
    Query(query): Query<OfAll>,
    page: Page,
) -> Result<Response, Problem> {
    let OfAll { student_id, course_id, kind, from, to } = query;
    answer(&caller, Wanted { student: student_id, course: course_id, kind, from, to }, &page)
}

fn answer(caller: &Caller, wanted: Wanted, page: &Page) -> Result<Response, Problem> {
    let (path, range) = wanted.range();
    let is_admin = caller.has(Role::Admin);
    let own = caller.user_id.to_string();
    let mut filters = vec![range];
    if wanted.student == Some(caller.user_id) {
        if !is_admin {
            filters.push(field("visible_to_student").equals(true));
        }
    } else {
        if !caller.may(GRADE) {
            filters.push(field("kind").differs_from(EntryKind::Grade.name()));
        }
        // What is hidden from somebody is so in the list of all, too.
        if wanted.student.is_none() && !is_admin {
            filters.push(field("student_id").differs_from(own));
        }
    }
    let found = ENTRIES.find(&all(filters)).sort_desc(path).page(page)?;
    Ok(found.answer(page, |stored| stored.body.shown(stored.id)))
}
