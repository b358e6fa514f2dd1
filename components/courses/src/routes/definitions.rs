//! Quizzes and assignments of published versions with all that belongs to them, for the service that grades. What is
//! published never changes: an answer may be kept for as long as one likes.

use lyceum_kit::prelude::*;

use crate::domain::assignment::PublishedAssignment;
use crate::domain::content::ContentFields;
use crate::domain::lesson::LessonView;
use crate::domain::quiz::{Pool, PublishedQuiz};
use crate::store::contents::{self, BANK_CONTENTS, CONTENTS};
use crate::store::{banks, versions};

fn missing() -> Problem {
    Problem::not_found("There is no such thing in this version of the course.")
}

/// The lesson of this id, with what it holds.
fn read(course_id: Uuid, version: i64, id: Uuid) -> Result<(LessonView, ContentFields), Problem> {
    let (lesson, content_id) = versions::any_lesson(course_id, version, id)?.ok_or_else(missing)?;
    Ok((lesson, contents::read(&CONTENTS, &content_id)?.fields))
}

/// A quiz of a published version with its answers, and with the banks that it draws from.
#[utoipa::path(get, path = "/internal/courses/{course_id}/versions/{version}/quizzes/{quiz_id}",
    params(("course_id" = Uuid, Path), ("version" = i64, Path), ("quiz_id" = Uuid, Path)),
    responses(
        (status = 200, body = PublishedQuiz),
        (status = 404, description = "There is no such quiz in this version"),
    ))]
pub(super) async fn quiz(
    Path((course_id, course_version, id)): Path<(Uuid, i64, Uuid)>,
) -> Result<Response, Problem> {
    let (LessonView { module_id, title, .. }, content) = read(course_id, course_version, id)?;
    let fields = content.quiz.ok_or_else(missing)?;
    let pools = if fields.draws.is_empty() {
        Vec::new()
    } else {
        let known = banks::of_version(course_id, course_version)?;
        let read = |bank_id: Uuid| {
            let content_id = known.get(&bank_id).ok_or_else(missing)?;
            let questions = contents::read(&BANK_CONTENTS, content_id)?.questions;
            Ok::<_, Problem>(Pool { bank_id, questions })
        };
        fields.draws.iter().map(|draw| read(draw.bank_id)).collect::<Result<_, _>>()?
    };
    let (lesson_id, texts_html) = (id, PublishedQuiz::texts_html(&fields, &pools));
    let quiz = PublishedQuiz {
        id,
        course_id,
        course_version,
        module_id,
        lesson_id,
        title,
        fields,
        pools,
        texts_html,
    };
    Ok(Json(quiz).into_response())
}

/// An assignment of a published version.
#[utoipa::path(get, path = "/internal/courses/{course_id}/versions/{version}/assignments/{assignment_id}",
    params(("course_id" = Uuid, Path), ("version" = i64, Path), ("assignment_id" = Uuid, Path)),
    responses(
        (status = 200, body = PublishedAssignment),
        (status = 404, description = "There is no such assignment in this version"),
    ))]
pub(super) async fn assignment(
    Path((course_id, course_version, id)): Path<(Uuid, i64, Uuid)>,
) -> Result<Response, Problem> {
    let (LessonView { module_id, title, .. }, content) = read(course_id, course_version, id)?;
    let fields = content.assignment.ok_or_else(missing)?;
    let (lesson_id, title) = (id, title);
    let assignment =
        PublishedAssignment { id, course_id, course_version, module_id, lesson_id, title, fields };
    Ok(Json(assignment).into_response())
}
