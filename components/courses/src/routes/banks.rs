//! The question banks of a course, which those see and change who write it.

use lyceum_kit::prelude::*;
use lyceum_kit::random;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::{Deserialize, Serialize};

use super::seeing::{change_outline, edit, edit_any};
use crate::domain::bank::{BANKS, Bank, BankContent, BankFields, BankView};
use crate::domain::quiz::hidden;
use crate::store::banks;
use crate::store::contents::{self, BANK_CONTENTS};

#[derive(Deserialize, Serialize)]
struct After {
    id: Uuid,
}

fn find(course_id: Uuid, id: Uuid) -> Result<Bank, Problem> {
    banks::bank(course_id, id)?.ok_or_else(|| Problem::not_found("There is no such question bank."))
}

fn tag(bank: &Bank) -> EntityTag {
    EntityTag::of_version(bank.version)
}

/// Without its questions: an answer that is remembered is small.
fn written(bank: Bank) -> Response {
    tagged(&tag(&bank), Json(BankView::from(bank)))
}

/// Notes the document with a bank's questions, of fields that were checked.
fn write(context: &Context, course_id: Uuid, bank_id: Uuid, fields: &BankFields) -> Result<String, Problem> {
    let questions = hidden(fields.questions.clone(), random::bytes()?);
    let document = BankContent { course_id, bank_id, questions, written_at: clock::now() };
    contents::write(&BANK_CONTENTS, context, &document)
}

/// Lists the question banks of a course, without their questions.
#[utoipa::path(get, path = "/api/v1/courses/{id}/question-banks",
    params(("id" = Uuid, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<BankView>),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such course"),
    ))]
pub(super) async fn list(caller: Caller, Path(id): Path<Uuid>, page: Page) -> Result<Response, Problem> {
    edit_any(&caller, id)?;
    let after = page.after::<After>()?.map(|after| after.id);
    let found = banks::banks(id, after, page.rows_to_fetch())?;
    Ok(page.answer(found, |bank| After { id: bank.id }, BankView::from))
}

/// Shows a question bank with its questions and their answers.
#[utoipa::path(get, path = "/api/v1/courses/{id}/question-banks/{bank_id}",
    params(("id" = Uuid, Path), ("bank_id" = Uuid, Path)),
    responses(
        (status = 200, body = BankView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such bank"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((id, bank_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    edit_any(&caller, id)?;
    let bank = find(id, bank_id)?;
    let questions = Some(contents::read(&BANK_CONTENTS, &bank.content_id)?.questions);
    Ok(tagged(&tag(&bank), Json(BankView { questions, ..bank.into() })))
}

/// Adds a question bank. The answer is without its questions.
#[utoipa::path(post, path = "/api/v1/courses/{id}/question-banks", request_body = BankFields,
    params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = BankView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such course"),
        (status = 409, description = "There are too many, the course is archived, or was changed in the meantime"),
    ))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(fields): ValidJson<BankFields>,
) -> Result<Response, Problem> {
    edit(&caller, id)?;
    let (fields, bank_id) = (fields.checked()?, ids::new());
    let content_id = write(&context, id, bank_id, &fields)?;
    let location = format!("/api/v1/courses/{id}/question-banks/{bank_id}");
    change_outline(&context, &caller, id, |transaction| {
        if banks::count(id)? >= BANKS {
            return Err(Problem::conflict("TOO_MANY_BANKS", "A course has at most 100 question banks."));
        }
        let bank = Bank::new(id, bank_id, fields.clone(), content_id.clone());
        transaction
            .execute(contents::held(&bank.content_id))
            .execute(bank.insert())
            .respond(created(&location, written(bank)))
            .commit()
    })
}

/// Changes a question bank. What was published keeps the one that it was published with.
#[utoipa::path(put, path = "/api/v1/courses/{id}/question-banks/{bank_id}", request_body = BankFields,
    params(("id" = Uuid, Path), ("bank_id" = Uuid, Path),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = BankView),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such bank"),
        (status = 409, description = "A quiz draws more questions, the course is archived, or was changed in the meantime"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path((id, bank_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<BankFields>,
) -> Result<Response, Problem> {
    edit(&caller, id)?;
    if_match.check(&tag(&find(id, bank_id)?))?;
    let fields = fields.checked()?;
    let content_id = write(&context, id, bank_id, &fields)?;
    change_outline(&context, &caller, id, |transaction| {
        let bank = find(id, bank_id)?;
        if_match.check(&tag(&bank))?;
        let next = bank.with(fields.clone(), content_id.clone());
        if banks::most_drawn(bank_id)?.is_some_and(|most| most > next.question_count) {
            return Err(Problem::conflict("BANK_IN_USE", "A quiz draws more questions than would be left."));
        }
        transaction
            .execute_all([contents::held(&next.content_id), contents::loosen_banks("id", bank_id)])
            .execute(next.update())
            .on_missing(Problem::precondition_failed)
            .respond(written(next))
            .commit()
    })
}

/// Deletes a question bank of which no quiz of the draft draws. Versions keep it.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/question-banks/{bank_id}",
    params(("id" = Uuid, Path), ("bank_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "The caller is none of the course's instructors"),
        (status = 404, description = "The caller sees no such bank"),
        (status = 409, description = "A quiz draws of it, the course is archived, or was changed in the meantime"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, bank_id)): Path<(Uuid, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    change_outline(&context, &caller, id, |transaction| {
        let bank = find(id, bank_id)?;
        conditions.check(&tag(&bank))?;
        if banks::most_drawn(bank_id)?.is_some() {
            return Err(Problem::conflict("BANK_IN_USE", "A quiz draws questions of it."));
        }
        transaction
            .execute(contents::loosen_banks("id", bank_id))
            .execute(banks::delete(&bank))
            .respond(no_content())
            .commit()
    })
}
