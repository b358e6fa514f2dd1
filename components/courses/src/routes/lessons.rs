//! The lessons of a module, in their order.

use lyceum_kit::prelude::*;
use lyceum_kit::random;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Deserialize;
use utoipa::ToSchema;

use super::modules::{self, After};
use super::reading::check_reading;
use super::seeing::{Asked, Edition, change_outline, edit, see};
use crate::domain::content::{Content, ContentView};
use crate::domain::learner::check_prerequisites;
use crate::domain::lesson::{LESSONS, LESSONS_OF_COURSE, Lesson, LessonFields, LessonView};
use crate::domain::quiz::Draw;
use crate::store::contents::{self, CONTENTS};
use crate::store::{banks, outline, versions};

/// Where a lesson goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LessonPlace {
    /// Its place afterwards, counted from 0; the last one if there are fewer.
    #[schema(minimum = 0, maximum = 65535)]
    order_index: u16,
    /// Its module afterwards, of the same course; the same one if not given.
    module_id: Option<Uuid>,
}

fn missing() -> Problem {
    Problem::not_found("There is no such lesson.")
}

fn full() -> Problem {
    Problem::conflict("TOO_MANY_LESSONS", "A module has at most 200 lessons, and a course 2,000.")
}

fn tag(lesson: &Lesson) -> EntityTag {
    EntityTag::of_version(lesson.version)
}

fn find(course_id: Uuid, module_id: Uuid, id: Uuid) -> Result<Lesson, Problem> {
    outline::lesson(course_id, module_id, id)?.ok_or_else(missing)
}

/// Without its content: what is written is known to who wrote it, and an answer that is remembered is small.
fn written(lesson: Lesson) -> Response {
    tagged(&tag(&lesson), Json(LessonView::from(lesson)))
}

/// What a lesson's quiz draws of the course's banks, if these have it.
fn draws(course_id: Uuid, fields: &LessonFields) -> Result<&[Draw], Problem> {
    let Some(quiz) = &fields.content.quiz else { return Ok(&[]) };
    if !quiz.draws.is_empty() {
        quiz.check_banks(&banks::sizes(course_id)?)?;
    }
    Ok(&quiz.draws)
}

/// What is to be completed before a lesson is there, and doesn't wait for it.
fn check_order(course_id: Uuid, lesson_id: Uuid, fields: &LessonFields) -> Result<(), Problem> {
    if fields.prerequisites.is_empty() {
        return Ok(());
    }
    Ok(check_prerequisites(lesson_id, &fields.prerequisites, &outline::prerequisites(course_id)?)?)
}

/// Lists the lessons of a module in their order, without their contents.
#[utoipa::path(get, path = "/api/v1/courses/{id}/modules/{module_id}/lessons",
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), Asked,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<LessonView>),
        (status = 404, description = "The caller sees no such module in this version of the course"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    Query(asked): Query<Asked>,
    page: Page,
) -> Result<Response, Problem> {
    let seen = see(Some(&caller), id, asked.version)?;
    let (after, rows) = (page.after::<After>()?.map(|after| after.order_index), page.rows_to_fetch());
    let lessons = match seen.edition {
        Edition::Version(number) => {
            versions::module(id, number, module_id)?
                .ok_or_else(|| Problem::not_found("There is no such module."))?;
            versions::lessons(id, number, module_id, after, rows)?
        }
        Edition::Draft => {
            modules::find(id, module_id)?;
            outline::lessons(module_id, after, rows)?.into_iter().map(LessonView::from).collect()
        }
    };
    let place = |lesson: &LessonView| After { order_index: lesson.order_index };
    Ok(page.answer(lessons, place, std::convert::identity))
}

/// Shows a lesson with its content.
#[utoipa::path(get, path = "/api/v1/courses/{id}/modules/{module_id}/lessons/{lesson_id}",
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path), Asked),
    responses(
        (status = 200, body = LessonView),
        (status = 403, description = "The caller isn't enrolled, or may not read it at this time, or before they completed others"),
        (status = 404, description = "The caller sees no such lesson in this version of the course"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((id, module_id, lesson_id)): Path<(Uuid, Uuid, Uuid)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let seen = see(Some(&caller), id, asked.version)?;
    let (tag, lesson, content_id) = match seen.edition {
        Edition::Version(number) => {
            let (lesson, content_id) =
                versions::lesson(id, number, module_id, lesson_id)?.ok_or_else(missing)?;
            (EntityTag::of_digest(&format!("v{number}")), lesson, content_id)
        }
        Edition::Draft => {
            let lesson = find(id, module_id, lesson_id)?;
            let content_id = lesson.content_id.clone();
            (tag(&lesson), LessonView::from(lesson), content_id)
        }
    };
    check_reading(&seen, &caller, &lesson)?;
    let content = Some(ContentView::of(contents::read(&CONTENTS, &content_id)?, seen.edits));
    Ok(tagged(&tag, Json(LessonView { content, ..lesson })))
}

/// Adds a lesson at the end of a module of the draft. The answer is without its content.
#[utoipa::path(post, path = "/api/v1/courses/{id}/modules/{module_id}/lessons", request_body = LessonFields,
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path)),
    responses(
        (status = 201, body = LessonView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such module"),
        (status = 409, description = "There are too many lessons, the course is archived, or was changed in the meantime"),
    ))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    Path((id, module_id)): Path<(Uuid, Uuid)>,
    ValidJson(fields): ValidJson<LessonFields>,
) -> Result<Response, Problem> {
    edit(&caller, id)?;
    modules::find(id, module_id)?;
    let fields = fields.checked()?.stored(random::bytes()?);
    let lesson_id = ids::new();
    let document = Content {
        course_id: id,
        lesson_id,
        kind: fields.kind,
        fields: fields.content.clone(),
        written_at: clock::now(),
    };
    let content_id = contents::write(&CONTENTS, &context, &document)?;
    let location = format!("/api/v1/courses/{id}/modules/{module_id}/lessons/{lesson_id}");
    change_outline(&context, &caller, id, |transaction| {
        modules::find(id, module_id)?;
        let (of_module, of_course) = outline::count_lessons(id, module_id)?;
        if of_module >= LESSONS || of_course >= LESSONS_OF_COURSE {
            return Err(full());
        }
        let draws = draws(id, &fields)?;
        check_order(id, lesson_id, &fields)?;
        let lesson = Lesson::new((id, module_id, lesson_id), of_module, fields.clone(), content_id.clone());
        transaction
            .execute(contents::held(&lesson.content_id))
            .execute(lesson.insert())
            .execute_all(banks::draw(id, lesson_id, draws))
            .respond(created(&location, written(lesson)))
            .commit()
    })
}

/// Changes a lesson of the draft. The answer is without its content.
#[utoipa::path(put, path = "/api/v1/courses/{id}/modules/{module_id}/lessons/{lesson_id}", request_body = LessonFields,
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = LessonView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such lesson"),
        (status = 409, description = "The course is archived, or was changed in the meantime"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((id, module_id, lesson_id)): Path<(Uuid, Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<LessonFields>,
) -> Result<Response, Problem> {
    edit(&caller, id)?;
    let lesson = find(id, module_id, lesson_id)?;
    if_match.check(&tag(&lesson))?;
    let fields = fields.checked()?.stored(random::bytes()?);
    let present = contents::read(&CONTENTS, &lesson.content_id)?;
    let keeps = present.fields == fields.content && present.kind == fields.kind;
    let content_id = if keeps {
        lesson.content_id
    } else {
        let (kind, given) = (fields.kind, fields.content.clone());
        let written_at = clock::now();
        contents::write(&CONTENTS, &context, &Content { kind, fields: given, written_at, ..present })?
    };
    change_outline(&context, &caller, id, |transaction| {
        let lesson = find(id, module_id, lesson_id)?;
        if_match.check(&tag(&lesson))?;
        let draws = draws(id, &fields)?;
        check_order(id, lesson_id, &fields)?;
        let next = lesson.with(fields.clone(), content_id.clone());
        let replaced =
            (!keeps).then(|| [contents::held(&next.content_id), contents::loosen("id", lesson_id)]);
        transaction
            .execute_all(replaced.into_iter().flatten())
            .execute(next.update())
            .on_missing(Problem::precondition_failed)
            .execute_all(banks::draw(id, lesson_id, draws))
            .respond(written(next))
            .commit()
    })
}

/// Deletes a lesson of the draft. Versions keep it.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/modules/{module_id}/lessons/{lesson_id}",
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such lesson"),
        (status = 409, description = "The course is archived, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, module_id, lesson_id)): Path<(Uuid, Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let lesson = find(id, module_id, lesson_id)?;
        conditions.check(&tag(&lesson))?;
        transaction
            .execute(contents::loosen("id", lesson_id))
            .execute_all(outline::delete_lesson(&lesson))
            .respond(no_content())
            .commit()
    })
}

/// Moves a lesson of the draft to another place of its module, or to another module of the course.
#[utoipa::path(post, path = "/api/v1/courses/{id}/modules/{module_id}/lessons/{lesson_id}/move",
    request_body = LessonPlace,
    params(("id" = Uuid, Path), ("module_id" = Uuid, Path), ("lesson_id" = Uuid, Path)),
    responses(
        (status = 200, body = LessonView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such lesson"),
        (status = 409, description = "There are too many lessons there, the course is archived, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn put_elsewhere(
    context: Context,
    caller: Caller,
    Path((id, module_id, lesson_id)): Path<(Uuid, Uuid, Uuid)>,
    conditions: Conditions,
    ValidJson(place): ValidJson<LessonPlace>,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let lesson = find(id, module_id, lesson_id)?;
        conditions.check(&tag(&lesson))?;
        let goal = place.module_id.unwrap_or(module_id);
        if outline::module(id, goal)?.is_none() {
            let unknown = Violation::new("UNKNOWN_MODULE", "The course has no such module.");
            return Err(Problem::invalid(vec![unknown.at("/module_id")]));
        }
        let (there, _) = outline::count_lessons(id, goal)?;
        let last = if goal == module_id { there - 1 } else { there };
        if last >= LESSONS {
            return Err(full());
        }
        let order_index = i64::from(place.order_index).min(last);
        if (goal, order_index) == (module_id, lesson.order_index) {
            return Ok(written(lesson));
        }
        let (version, updated_at) = (lesson.version + 1, clock::now());
        let moved = Lesson { module_id: goal, order_index, version, updated_at, ..lesson.clone() };
        transaction.execute_all(outline::move_lesson(&lesson, &moved)).respond(written(moved)).commit()
    })
}
